"""netCDF-4 through xarray and h5netcdf: complete or absent, the same bytes for the same content, no edit unseen."""

import hashlib
from pathlib import Path

import h5netcdf  # noqa: F401  (xarray loads it by name; imported so that a fingerprint knows its version)
import numpy as np
import xarray as xr

from eqlearn.errors import InputError
from eqlearn.files import canonical_json, replacing
from eqlearn.hdf5_structure import require_plain

DIGEST = "content_digest"
_TEXT = "UOT"


def write_netcdf(data: xr.Dataset, path: str | Path) -> None:
    """Write any xarray dataset as compressed netCDF-4 with a digest of its content, completely or not at all."""
    data = data.assign_attrs({DIGEST: content_digest(data)})
    encoding = {name: {"zlib": True, "complevel": 4} for name in data.data_vars if data[name].dtype.kind in "iuf"}
    content = data.to_netcdf(engine="h5netcdf", encoding=encoding)  # in memory: on a full disk HDF5 ends the process
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_netcdf(path: str | Path) -> xr.Dataset:
    """Read a file that :func:`write_netcdf` wrote; InputError where it cannot be read whole or was edited."""
    data = load(path)
    require_unedited(data, path)
    return data


def load(path: str | Path) -> xr.Dataset:
    """Load a netCDF-4 file into memory; InputError where it cannot be read whole, or holds more than its own values."""
    try:
        require_plain(path)
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False, phony_dims="access") as data:
            return data.load()
    except InputError:
        raise
    except Exception as error:  # h5py, h5netcdf and xarray raise a dozen kinds for a damaged file
        raise InputError(f"{path}: not a netCDF file, or a truncated one; delete it to remake it.") from error


def require_unedited(data: xr.Dataset, path: str | Path) -> None:
    """InputError where the content is not what was written."""
    if data.attrs.get(DIGEST) != content_digest(data):
        raise InputError(f"{path}: its content does not match its digest, so it was edited; delete it to remake it.")


def content_digest(data: xr.Dataset) -> str:
    """SHA-256 over names, attributes, types, shapes and values of all variables; 16 hexadecimal digits."""
    text = sorted(str(name) for name in data.variables if data[name].dtype.kind in _TEXT)
    arrays = {str(name): data[name] for name in sorted(map(str, data.variables)) if name not in text}
    described = {name: [str(value) for value in data[name].values] for name in text}
    attributes = {"": data.attrs, **{name: array.attrs for name, array in arrays.items()}}
    for owner, entries in attributes.items():
        described |= {f"{owner}:{key}": repr(scalar(value)) for key, value in entries.items() if key != DIGEST}
    sha = hashlib.sha256(canonical_json(described).encode())
    for name, array in arrays.items():
        values = np.ascontiguousarray(array.values, dtype=array.dtype.newbyteorder("<"))
        sha.update(f"{name}{values.dtype.str}{values.shape}".encode() + values.tobytes())
    return sha.hexdigest()[:16]


def scalar(value: object) -> object:
    """A NumPy scalar as the Python number or text that it is; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value

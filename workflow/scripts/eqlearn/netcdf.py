"""netCDF-4 through xarray and h5netcdf: complete or absent, and the same bytes for the same content."""

from pathlib import Path

import xarray as xr

from eqlearn.errors import InputError
from eqlearn.files import replacing


def write_netcdf(data: xr.Dataset, path: str | Path) -> None:
    """Write any xarray dataset as compressed netCDF-4, completely or not at all."""
    encoding = {name: {"zlib": True, "complevel": 4} for name in data.data_vars if data[name].dtype.kind in "iuf"}
    content = data.to_netcdf(engine="h5netcdf", encoding=encoding)  # in memory: on a full disk HDF5 ends the process
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_netcdf(path: str | Path) -> xr.Dataset:
    """Load a netCDF-4 file into memory; InputError where it cannot be read whole."""
    try:
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False, phony_dims="access") as data:
            return data.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"{path}: not a netCDF file, or a truncated one; delete it to remake it.") from error

"""Files of fields (netCDF), complete or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from eqlearn.errors import InputError
from eqlearn.fields import Field
from eqlearn.netcdf import read_netcdf, write_netcdf


def write_field(field: Field, path: str | Path, attributes: Mapping[str, Any]) -> None:
    """Write u(t, x) with its grid."""
    write_netcdf(xr.Dataset({"u": (("t", "x"), field.u)}, {"t": field.t, "x": field.x}, dict(attributes)), path)


def read_field(path: str | Path) -> Field:
    """Read and validate; InputError where the file is truncated, was edited, or holds no field."""
    data = read_netcdf(path)
    if "u" not in data or data["u"].dims != ("t", "x"):
        raise InputError(f"{path}: holds no field u(t, x).")
    return Field(data["x"].values, data["t"].values, data["u"].values)

"""The latent variable of an encoder, and the one linear map that makes positions of it (paper B, Section IV-C)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from eqlearn.netcdf import read_netcdf, write_netcdf


@dataclass(frozen=True)
class Line:
    """latent = slope·position + intercept, by least squares; ``r2`` and ``residual`` (root mean square, in units of
    the position) on images that it was not fitted on."""

    slope: float
    intercept: float
    r2: float
    residual: float

    def position(self, latent: np.ndarray) -> np.ndarray:
        """Positions from latent variables."""
        return (latent - self.intercept) / self.slope


@dataclass(frozen=True)
class Latent:
    """Latent variables ``values`` (T, N) of images at ``positions`` (N,), of which the first ``training`` were trained
    on."""

    positions: np.ndarray
    values: np.ndarray
    training: int

    def line(self, trial: int) -> Line:
        """The map of one trial: fitted on the training images, judged on the others."""
        x, z = self.positions, self.values[trial]
        seen, fresh = slice(None, self.training), slice(self.training, None)
        slope, intercept = np.polyfit(x[seen], z[seen], 1)
        errors = z[fresh] - slope * x[fresh] - intercept
        share = np.mean(errors**2) / np.var(z[fresh])
        return Line(float(slope), float(intercept), float(1 - share), float(np.sqrt(np.mean(errors**2)) / abs(slope)))

    def of(self, trial: int, positions: np.ndarray) -> np.ndarray:
        """Latent variables of images at some of the positions, of any shape."""
        order = np.argsort(self.positions)
        return self.values[trial][order[np.searchsorted(self.positions, positions, sorter=order)]]


def write_latent(latent: Latent, path: str | Path) -> None:
    """Write netCDF-4, completely or not at all."""
    variables = {"position": ("image", latent.positions), "latent": (("trial", "image"), latent.values)}
    write_netcdf(xr.Dataset(variables, attrs={"training": latent.training}), path)


def read_latent(path: str | Path) -> Latent:
    """Read what :func:`write_latent` wrote; InputError where the file was edited or truncated."""
    data = read_netcdf(path)
    return Latent(data["position"].values, data["latent"].values, int(data.attrs["training"]))

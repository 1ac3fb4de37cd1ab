"""A trained network as a product: gated weights at its parameter values, and how it was trained. Needs no PyTorch."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from eqlearn.files import canonical_json
from eqlearn.netcdf import read_netcdf, scalar, write_netcdf
from eqlearn.networks.architecture import Architecture
from eqlearn.networks.scaling import Scaling


@dataclass(frozen=True)
class TrainedNetwork:
    """T trials of one architecture at R parameter values.

    Attributes
    ----------
    weights: per layer (T, R or 1, inputs, outputs), times the gates without noise; closed gates leave zeros.
    values: (R,) parameter values in physical units; ``rows`` their indices in the data set.
    scaling: the network's units, at these parameter values.
    history: (records, 2, T) mean squared error and open gates over the training.
    restarts: (T,).
    attributes: provenance.
    """

    architecture: Architecture
    weights: tuple[np.ndarray, ...]
    values: np.ndarray
    rows: np.ndarray
    scaling: Scaling
    history: np.ndarray
    restarts: np.ndarray
    attributes: dict[str, str | float | int]

    @property
    def trials(self) -> int:
        """Number of trials."""
        return len(self.restarts)

    def open_gates(self, trial: int) -> int:
        """Number of gated weights that are not zero at some parameter value."""
        gated = self.weights[: len(self.architecture.gated)]
        return int(sum((layer[trial] != 0).any(0).sum() for layer in gated))


def write_trained(trained: TrainedNetwork, path: str | Path) -> None:
    """Write netCDF-4, completely or not at all."""
    variables = {
        f"weights{k}": (("trial", f"rows{k}", f"in{k}", f"out{k}"), layer) for k, layer in enumerate(trained.weights)
    }
    variables |= {
        "parameter_value": ("row", trained.values),
        "dataset_row": ("row", trained.rows),
        "feature_scale": ("feature", trained.scaling.features),
        "target_offset": ("row", trained.scaling.offset),
        "target_scale": ("row", trained.scaling.target),
        "history": (("record", "quantity", "trial"), trained.history),
        "restarts": ("trial", trained.restarts),
    }
    choices = {f.name: getattr(trained.architecture, f.name) for f in dataclasses.fields(Architecture) if f.init}
    attributes = {"architecture": canonical_json(choices), "parameter_scale": trained.scaling.parameter}
    write_netcdf(xr.Dataset(variables, attrs={**trained.attributes, **attributes}), path)


def read_trained(path: str | Path) -> TrainedNetwork:
    """Read what :func:`write_trained` wrote; InputError where the file was edited or truncated."""
    data = read_netcdf(path)
    attributes = {key: scalar(value) for key, value in data.attrs.items()}
    choices = json.loads(attributes.pop("architecture"))
    choices["units"] = tuple((name, count) for name, count in choices["units"])
    choices["meta_units"] = tuple(choices["meta_units"])
    architecture = Architecture(**choices)
    scaling = Scaling(
        data["feature_scale"].values,
        float(attributes.pop("parameter_scale")),
        data["target_offset"].values,
        data["target_scale"].values,
    )
    return TrainedNetwork(
        architecture,
        tuple(data[f"weights{k}"].values for k in range(architecture.layers + 1)),
        data["parameter_value"].values,
        data["dataset_row"].values,
        scaling,
        data["history"].values,
        data["restarts"].values,
        attributes,
    )

"""The one input shape: samples of features and a target at many values of a parameter."""

import dataclasses
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from eqlearn.errors import InputError
from eqlearn.files import canonical_json
from eqlearn.netcdf import read_netcdf, write_netcdf

_INDEX = ("parameter", "sample")


@dataclass(frozen=True)
class Quantity:
    """A named quantity and its unit ('1' if it has none)."""

    name: str
    unit: str = "1"


@dataclass(frozen=True)
class ParametricDataset:
    """Samples at P parameter values, S samples each, F features.

    Attributes
    ----------
    name: dataset name, as in file names.
    parameter: quantity that varies between experiments; ``values`` (P,) not decreasing, repeats allowed.
    state: quantities of the features; ``features`` (P, S, F), or (P, S, F, ...) for images.
    rate: quantity of the target; ``target`` (P, S), or None before differentiation.
    time_axis, time: quantity and (P, S) increasing times where samples form a trajectory, else None.
    split: (P, S) of 'train', 'test', 'extrapolation', or None.
    extra: further variables (P, S) by name; NaN there means 'missing'.
    attributes: text and numbers about the origin: source, seed, nominal initial_state, true_equation ...

    Construction validates; InputError names the dataset, the variable and the first bad index.
    """

    name: str
    parameter: Quantity
    values: np.ndarray
    state: tuple[Quantity, ...]
    features: np.ndarray
    rate: Quantity | None = None
    target: np.ndarray | None = None
    time_axis: Quantity | None = None
    time: np.ndarray | None = None
    split: np.ndarray | None = None
    extra: dict[str, np.ndarray] = field(default_factory=dict)
    attributes: dict[str, str | float | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _validate(self)

    def select(self, rows: np.ndarray) -> "ParametricDataset":
        """The same dataset at some of its parameter values (indices or a mask)."""
        arrays = {name: getattr(self, name) for name in ("values", "features", "target", "time", "split")}
        chosen = {name: None if array is None else array[rows] for name, array in arrays.items()}
        extra = {name: array[rows] for name, array in self.extra.items()}
        return dataclasses.replace(self, **chosen, extra=extra)

    def digest(self) -> str:
        """SHA-256 over values, features, target, time and extra variables; 16 hexadecimal digits."""
        return _content_digest(_to_xarray(self))


def _fail(dataset: ParametricDataset, variable: str, message: str) -> None:
    raise InputError(f"{dataset.attributes.get('file', dataset.name)}: {variable} {message}.")


def _validate(dataset: ParametricDataset) -> None:
    n_parameter, n_sample = dataset.features.shape[:2] if dataset.features.ndim >= 3 else (0, 0)
    if n_parameter == 0 or n_sample == 0:
        _fail(
            dataset, "features", f"has shape {dataset.features.shape}, must be (parameter, sample, feature), not empty"
        )
    if dataset.features.shape[2] != len(dataset.state):
        _fail(dataset, "features", f"has {dataset.features.shape[2]} columns for {len(dataset.state)} names")
    expected = {"parameter_value": (dataset.values, (n_parameter,))}
    for variable in ("target", "time", "split"):
        expected[variable] = (getattr(dataset, variable), (n_parameter, n_sample))
    expected |= {name: (array, (n_parameter, n_sample)) for name, array in dataset.extra.items()}
    for variable, (array, shape) in expected.items():
        if array is not None and array.shape != shape:
            _fail(dataset, variable, f"has shape {array.shape}, must be {shape}")
    if (dataset.rate is None) != (dataset.target is None) or (dataset.time_axis is None) != (dataset.time is None):
        _fail(dataset, "target and time", "each need a name and unit beside the values")
    for variable in ("values", "features", "target", "time"):
        _require_finite(dataset, variable)
    _require_order(dataset)


def _require_finite(dataset: ParametricDataset, variable: str) -> None:
    array = getattr(dataset, variable)
    if array is not None and not np.isfinite(array).all():
        bad = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        _fail(dataset, variable, f"is {array[bad]} at index {bad}, must be finite")


def _require_order(dataset: ParametricDataset) -> None:
    falls = np.flatnonzero(np.diff(dataset.values) < 0)
    if falls.size:
        _fail(dataset, "parameter_value", f"falls at index {falls[0] + 1}, must be sorted")
    if dataset.time is not None and (np.diff(dataset.time, axis=1) <= 0).any():
        bad = tuple(int(i) for i in np.argwhere(np.diff(dataset.time, axis=1) <= 0)[0])
        _fail(dataset, "time", f"does not increase after index {bad}")
    if dataset.split is not None and not np.isin(dataset.split, ("train", "test", "extrapolation")).all():
        _fail(dataset, "split", "may hold train, test and extrapolation only")


def _to_xarray(dataset: ParametricDataset) -> xr.Dataset:
    state_dims = (*_INDEX, "feature", *(f"axis{i}" for i in range(dataset.features.ndim - 3)))
    variables = {"features": (state_dims, dataset.features)}
    for name, quantity in (("target", dataset.rate), ("time", dataset.time_axis)):
        if quantity is not None:
            meta = {"quantity": quantity.name, "units": quantity.unit}
            variables[name] = (_INDEX, getattr(dataset, name), meta)
    if dataset.split is not None:
        variables["split"] = (_INDEX, dataset.split.astype("S13"))
    variables |= {name: (_INDEX, array, {"missing": "NaN"}) for name, array in dataset.extra.items()}
    meta = {"quantity": dataset.parameter.name, "units": dataset.parameter.unit}
    coordinates = {
        "parameter_value": ("parameter", dataset.values, meta),
        "feature": ("feature", [quantity.name for quantity in dataset.state]),
        "feature_unit": ("feature", [quantity.unit for quantity in dataset.state]),
    }
    attributes = {key: value for key, value in dataset.attributes.items() if key != "file"}
    return xr.Dataset(variables, coordinates, {"dataset": dataset.name, **attributes})


def _content_digest(data: xr.Dataset) -> str:
    described = {name: [str(text) for text in data[name].values] for name in ("feature", "feature_unit")}
    described |= {key: _scalar(value) for key, value in data.attrs.items() if key != "content_digest"}
    sha = hashlib.sha256(canonical_json(described).encode())
    for name in sorted([*map(str, data.data_vars), "parameter_value"]):
        values = np.ascontiguousarray(data[name].values)
        sha.update(f"{name}{values.dtype.str}{values.shape}".encode() + values.tobytes())
    return sha.hexdigest()[:16]


def _scalar(value: object) -> str | float | int:
    return value.item() if isinstance(value, np.generic) else value


def write_dataset(dataset: ParametricDataset, path: str | Path) -> None:
    """Write netCDF-4 through a temporary name, with a digest of the content."""
    data = _to_xarray(dataset)
    data.attrs["content_digest"] = _content_digest(data)
    write_netcdf(data, path)


def read_dataset(path: str | Path) -> ParametricDataset:
    """Read and validate; InputError where the file is truncated, was edited, or is no dataset."""
    data = read_netcdf(path)
    missing = {"features", "parameter_value", "feature", "feature_unit"} - set(data.variables)
    if missing or "dataset" not in data.attrs:
        raise InputError(f"{path}: lacks {', '.join(sorted(missing)) or 'its dataset name'}, so it is no dataset.")
    attributes = {key: _scalar(value) for key, value in data.attrs.items() if key not in ("dataset", "content_digest")}
    if data.attrs.get("content_digest") != _content_digest(data):
        raise InputError(f"{path}: its content does not match its digest, so it was edited; delete it to remake it.")
    quantities = {
        name: Quantity(data[name].attrs["quantity"], data[name].attrs["units"])
        for name in ("target", "time", "parameter_value")
        if name in data
    }
    return ParametricDataset(
        name=data.attrs["dataset"],
        parameter=quantities["parameter_value"],
        values=data["parameter_value"].values,
        state=tuple(Quantity(str(n), str(u)) for n, u in zip(data["feature"].values, data["feature_unit"].values)),
        features=data["features"].values,
        rate=quantities.get("target"),
        target=data["target"].values if "target" in data else None,
        time_axis=quantities.get("time"),
        time=data["time"].values if "time" in data else None,
        split=data["split"].values.astype(str) if "split" in data else None,
        extra={str(n): v.values for n, v in data.data_vars.items() if v.attrs.get("missing") == "NaN"},
        attributes={**attributes, "file": str(path)},
    )

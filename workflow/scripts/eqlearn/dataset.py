"""The one input shape: samples of features and a target at many values of a parameter."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from eqlearn.errors import InputError
from eqlearn.names import require_printable
from eqlearn.netcdf import DIGEST, content_digest, load, require_unedited, scalar, write_netcdf

_INDEX = ("parameter", "sample")
_RESERVED = ("features", "feature", "feature_unit", "target", "time", "split", "parameter_value")
_RESERVED_ATTRIBUTES = ("dataset", "content_digest", "coordinates")
NOTES = "notes"  # attribute with what a user should know of the data, sentence by sentence
_SPLITS = ("train", "test", "extrapolation")


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
    attributes: text and finite numbers about the origin: source, seed, nominal initial_state, true_equation ...

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

    def at(self, values: Iterable[float]) -> "ParametricDataset":
        """The same dataset at these parameter values; InputError where it lacks one."""
        missing = [value for value in values if value not in self.values]
        if missing:
            _fail(self, self.parameter.name, f"lacks the sampled value {missing[0]:g}")
        return self.select(np.isin(self.values, values))

    @property
    def runs(self) -> np.ndarray:
        """Number (P,) of every trajectory among those of its parameter value, from 0."""
        return np.arange(self.values.size) - np.searchsorted(self.values, self.values)

    def digest(self) -> str:
        """SHA-256 over all values, names, units and attributes but 'file'; 16 hexadecimal digits."""
        return content_digest(_to_xarray(self))


def _fail(dataset: ParametricDataset, variable: str, message: str) -> None:
    raise InputError(f"{dataset.attributes.get('file', dataset.name)}: {variable} {message}.")


def _validate(dataset: ParametricDataset) -> None:
    shape = dataset.features.shape
    if len(shape) < 3 or 0 in shape:
        _fail(dataset, "features", f"has shape {shape}, must be (parameter, sample, feature), not empty")
    if shape[2] != len(dataset.state):
        _fail(dataset, "features", f"has {shape[2]} columns for {len(dataset.state)} names")
    _require_names(dataset)
    arrays = {"parameter_value": (dataset.values, shape[:1]), "features": (dataset.features, shape)}
    by_sample = {"target": dataset.target, "time": dataset.time, "split": dataset.split, **dataset.extra}
    arrays |= {name: (array, shape[:2]) for name, array in by_sample.items() if array is not None}
    for variable, (array, expected) in arrays.items():
        if array.shape != expected:
            _fail(dataset, variable, f"has shape {array.shape}, must be {expected}")
        if variable != "split":
            _require_finite(dataset, variable, array)
    _require_order(dataset)


def _require_names(dataset: ParametricDataset) -> None:
    if (dataset.rate is None) != (dataset.target is None) or (dataset.time_axis is None) != (dataset.time is None):
        _fail(dataset, "target and time", "each need a name and unit beside the values")
    names = [quantity.name for quantity in dataset.state]
    if len(set(names)) < len(names):
        _fail(dataset, "features", f"repeats a name in {', '.join(names)}")
    for quantity in (dataset.parameter, *dataset.state, dataset.rate, dataset.time_axis):
        for text in () if quantity is None else (quantity.name, quantity.unit):
            require_printable(str(dataset.attributes.get("file", dataset.name)), text)
    for name in dataset.extra:
        if name in _RESERVED or not name.isidentifier():
            _fail(dataset, f"extra variable {name!r}", f"must be an identifier other than {', '.join(_RESERVED)}")
    for name, value in dataset.attributes.items():
        if name in _RESERVED_ATTRIBUTES:
            _fail(dataset, f"attribute {name!r}", "is reserved")
        if not isinstance(value, str) and not (type(scalar(value)) in (int, float) and np.isfinite(value)):
            _fail(dataset, f"attribute {name!r}", f"is {value!r}, must be text or a finite number")


def _require_finite(dataset: ParametricDataset, variable: str, array: np.ndarray) -> None:
    if array.dtype.kind not in "iuf":
        _fail(dataset, variable, f"holds {array.dtype}, must hold real numbers")
    bad = _first(np.isinf(array) if variable in dataset.extra else ~np.isfinite(array))
    if bad is not None:
        _fail(dataset, variable, f"is {array[bad]} at index {bad}, must be finite")


def _require_order(dataset: ParametricDataset) -> None:
    fall = _first(dataset.values[1:] < dataset.values[:-1])
    if fall is not None:
        _fail(dataset, "parameter_value", f"falls at index {fall[0] + 1}, must be sorted")
    stop = None if dataset.time is None else _first(dataset.time[:, 1:] <= dataset.time[:, :-1])
    if stop is not None:
        _fail(dataset, "time", f"does not increase after index {stop}")
    unknown = None if dataset.split is None else _first(~np.isin(dataset.split, _SPLITS))
    if unknown is not None:
        _fail(dataset, "split", f"is '{dataset.split[unknown]}' at index {unknown}, must be in {', '.join(_SPLITS)}")


def _first(bad: np.ndarray) -> tuple[int, ...] | None:
    """Index of the first true element."""
    return tuple(map(int, np.argwhere(bad)[0])) if bad.any() else None


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


def write_dataset(dataset: ParametricDataset, path: str | Path) -> None:
    """Write netCDF-4, completely or not at all, with a digest of the content."""
    write_netcdf(_to_xarray(dataset), path)


def read_dataset(path: str | Path) -> ParametricDataset:
    """Read and validate; InputError where the file is truncated, was edited, or is no dataset."""
    data = load(path)
    missing = {"features", "parameter_value", "feature", "feature_unit"} - set(data.variables)
    if missing or "dataset" not in data.attrs:
        raise InputError(f"{path}: lacks {', '.join(sorted(missing)) or 'its dataset name'}, so it is no dataset.")
    require_unedited(data, path)
    attributes = {key: scalar(value) for key, value in data.attrs.items() if key not in ("dataset", DIGEST)}
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

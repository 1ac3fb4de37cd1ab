"""A data set from samples in rows, as scikit-learn's users have them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import is_name
from eqlearn.errors import InputError
from eqlearn.random import generator


def table(name: str, values: Any) -> Any:
    """The values, if they have two dimensions; InputError if not."""
    if np.ndim(values) != 2 or 0 in np.shape(values):
        raise InputError(f"{name}: has shape {np.shape(values)}, must be (samples, {name}), not empty.")
    return values


def column(name: str, values: Any, size: int) -> np.ndarray:
    """The values as (size,) finite numbers; InputError names the first bad row."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: must hold numbers ({error}).") from error
    if array.shape != (size,):
        raise InputError(f"{name}: has shape {array.shape}, must be ({size},), one number per sample.")
    require_finite(name, array)
    return array


def require_finite(name: str, array: np.ndarray) -> None:
    """InputError names the first row with a number that is not finite."""
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        raise InputError(f"{name}: is {array[tuple(bad[0])]} in row {bad[0][0]}, must be finite.")


def dataset_of_rows(
    features: np.ndarray, parameter: Any, target: Any, names: Sequence[str] | None = None, shuffle: int | None = None
) -> ParametricDataset:
    """Samples grouped by parameter value: features (N, F), parameter (N,), target (N,).

    ``names`` of the features: x, or x1, x2, ... where there are none. ``shuffle`` seeds a random order of the samples
    (None: as given). InputError names the first bad row, or the parameter value with another number of samples.
    """
    names = names or (["x"] if features.shape[1] == 1 else [f"x{k + 1}" for k in range(features.shape[1])])
    bad = [name for name in names if not is_name(name)]
    if bad:
        raise InputError(f"features: {bad[0]!r} cannot be a name in an equation; use letters, digits and _, not p.")
    t, y = column("parameter", parameter, len(features)), column("target", target, len(features))
    require_finite("features", features)
    order = np.arange(t.size) if shuffle is None else generator("order of samples", seed=shuffle).permutation(t.size)
    order = order[np.argsort(t[order], kind="stable")]
    values, counts = np.unique(t, return_counts=True)
    odd = np.flatnonzero(counts != counts[0])
    if odd.size:
        sizes = f"{counts[0]} samples at {values[0]:g} and {counts[odd[0]]} at {values[odd[0]]:g}"
        raise InputError(f"parameter: has {sizes}, must have the same number at every value.")
    shape = (len(values), counts[0])
    x = features[order].reshape(*shape, features.shape[1])
    quantities = {"parameter": Quantity("parameter"), "state": tuple(map(Quantity, names)), "rate": Quantity("y")}
    return ParametricDataset("samples", values=values, features=x, target=y[order].reshape(shape), **quantities)

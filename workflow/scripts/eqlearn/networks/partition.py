"""Which samples a network is trained on, which choose among trials, and which test the equation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError

SIZES = (1e-30, 1e30)  # of the largest value; the eighth power stays within double precision


@dataclass(frozen=True)
class Partition:
    """Data sets of one origin: ``training`` at all P parameter values, without the ``held_out`` samples of the same
    domain, ``domain`` with them, and ``test`` (None without test samples); ``rows`` (R,) are the parameter values that
    a network sees."""

    domain: ParametricDataset
    training: ParametricDataset
    held_out: ParametricDataset
    test: ParametricDataset | None
    rows: np.ndarray


def partition(data: ParametricDataset, parameter_values: int | None, held_out: int) -> Partition:
    """Split a data set; ``parameter_values`` evenly spread rows are seen by the network (None: all), and the last
    ``held_out`` training samples are held out (0: none, then all training samples serve for both).

    InputError where a split is not the same for all parameter values, too few samples are left, or nothing can be
    learned of them.
    """
    if data.target is None:
        raise InputError(f"{data.name}: has no target to learn.")
    count, distinct = len(data.values), len(set(data.values))
    if distinct < 2:
        raise InputError(f"{data.name}: has {distinct} parameter value, at least 2 are needed.")
    if parameter_values is not None and parameter_values < 2:
        raise InputError(f"parameter_values: is {parameter_values}, must be at least 2.")
    kind = np.full(data.target.shape, "train") if data.split is None else data.split
    if (kind != kind[:1]).any():
        raise InputError(f"{data.name}: split differs between parameter values, must be the same for all.")
    training, test = (np.flatnonzero(kind[0] == name) for name in ("train", "test"))
    if len(training) - held_out < 2:
        raise InputError(f"{data.name}: has {len(training)} training samples, of which {held_out} cannot be held out.")
    _require_sizes(data, training)
    seen = training[: len(training) - held_out]
    rows = spread(count, parameter_values or count)
    last = training[len(training) - held_out :] if held_out else training
    domain, seen, last = (columns_of(data, columns) for columns in (training, seen, last))
    return Partition(domain, seen, last, columns_of(data, test) if test.size else None, rows)


def spread(count: int, most: int) -> np.ndarray:
    """At most so many of ``count`` indices, evenly spread: samples of a field stand in order, its corner is not it."""
    return np.unique(np.round(np.linspace(0, count - 1, min(most, count))).astype(int))


def with_features(data: ParametricDataset, names: Sequence[str] | None) -> ParametricDataset:
    """The data set with some of its features (None: all); InputError where it lacks one."""
    if names is None:
        return data
    known = [quantity.name for quantity in data.state]
    missing = [name for name in names if name not in known]
    if missing:
        raise InputError(f"{data.name}: has no feature {missing[0]!r}, use {', '.join(known)}.")
    columns = [known.index(name) for name in names]
    return replace(data, state=tuple(data.state[k] for k in columns), features=data.features[:, :, columns])


def _require_sizes(data: ParametricDataset, training: np.ndarray) -> None:
    """InputError for training samples of which nothing can be learned, or whose powers leave double precision."""
    target = data.target[:, training]
    if np.ptp(target) == 0:
        raise InputError(f"{data.name}: {data.rate.name} is {target.flat[0]:g} at every training sample, must vary.")
    named = [(quantity.name, data.features[:, training, k]) for k, quantity in enumerate(data.state)]
    for name, values in (*named, (data.rate.name, target)):
        size = np.abs(values).max()
        if size and not SIZES[0] <= size <= SIZES[1]:
            low, high = SIZES
            raise InputError(
                f"{data.name}: {name} is as large as {size:g}, must be {low:g} to {high:g}; change its unit."
            )


def columns_of(data: ParametricDataset, columns: np.ndarray) -> ParametricDataset:
    """The data set at some of its samples."""
    arrays = {name: getattr(data, name) for name in ("features", "target", "time", "split")}
    chosen = {name: None if array is None else array[:, columns] for name, array in arrays.items()}
    return replace(data, **chosen, extra={})

"""Known functions of features and a parameter, and datasets of their samples: what benchmarks have in common."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from eqlearn import coefficients as kinds
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import Equation

REACH, SAME = (5.0, 3.0), 1e-9  # of features and parameter in paper B's tables; relative and absolute


def defined(definition: Mapping[str, Any], features: Sequence[str], target: str) -> Equation:
    """A user's own definition: a template, its ``features`` unless it names others, and coefficients as in an equation
    file. InputError where it cannot be read."""
    coefficients = {key: kinds.from_json(key, dict(c)) for key, c in definition.get("coefficients", {}).items()}
    return Equation(definition["template"], tuple(definition.get("features", features)), "t", target, coefficients)


def differing(
    definitions: Mapping[str, Mapping[str, Any]],
    benchmarks: Mapping[str, Equation],
    read: Callable[[str, Mapping[str, Mapping[str, Any]]], Equation],
) -> set[str]:
    """Names of own definitions that are not the benchmark of that name; ``read`` makes an equation of a definition."""
    own = {name: read(name, definitions) for name in definitions}
    return {name for name, function in own.items() if not same_function(function, benchmarks.get(name))}


def same_function(ours: Equation, theirs: Equation | None) -> bool:
    """Whether two functions have the same features and, on [-5, 5] at parameter values in [-3, 3], the same values."""
    if theirs is None or ours.features != theirs.features:
        return False
    values = np.linspace(-REACH[1], REACH[1], 121)
    points = np.random.default_rng(0).uniform(-REACH[0], REACH[0], (values.size, 64, len(ours.features)))
    with np.errstate(all="ignore"):
        return bool(np.allclose(target_of(ours, points, values), target_of(theirs, points, values), SAME, SAME))


def target_of(function: Equation, features: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Target (P, S) at features (P, S, F) and parameter values (P,)."""
    return function.evaluate({k: features[:, :, i] for i, k in enumerate(function.features)}, values[:, None])


def dataset_of(
    name: str,
    function: Equation,
    values: np.ndarray,
    parts: Mapping[str, tuple[np.ndarray, np.ndarray]],
    attributes: Mapping[str, Any],
) -> ParametricDataset:
    """The dataset of features (P, S, F) and targets (P, S) by split."""
    splits = [np.full(target.shape, split) for split, (_, target) in parts.items()]
    features, target = (np.concatenate(arrays, 1) for arrays in zip(*parts.values()))
    return ParametricDataset(
        name=name,
        parameter=Quantity("t"),
        values=values,
        state=tuple(map(Quantity, function.features)),
        features=features,
        rate=Quantity(function.target),
        target=target,
        split=np.concatenate(splits, 1),
        attributes={**attributes, "true_equation": function.template},
    )

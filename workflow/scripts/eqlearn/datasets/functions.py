"""Known functions of features and a parameter, and datasets of their samples: what benchmarks have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eqlearn import coefficients as kinds
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import Equation


def defined(definition: Mapping[str, Any], features: Sequence[str], target: str) -> Equation:
    """A user's own definition: a template, its ``features`` unless it names others, and coefficients as in an equation
    file. InputError where it cannot be read."""
    coefficients = {key: kinds.from_json(key, dict(c)) for key, c in definition.get("coefficients", {}).items()}
    return Equation(definition["template"], tuple(definition.get("features", features)), "t", target, coefficients)


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

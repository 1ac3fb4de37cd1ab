"""Scales that networks are trained in, and the way back to physical units (paper B, Section IV; its code)."""

from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError

TARGETS = ("none", "range", "magnitude")


@dataclass(frozen=True)
class Scaling:
    """target = offset + factor·(scaled target), feature = factor·(scaled feature), and so for the parameter.

    Attributes
    ----------
    features: (F,) factors, over all parameter values.
    parameter: factor.
    offset, target: (P,) per parameter value.
    """

    features: np.ndarray
    parameter: float
    offset: np.ndarray
    target: np.ndarray


@dataclass(frozen=True)
class Scaled:
    """Scaled ``features`` (P, S, F), ``target`` (P, S), ``parameter`` (P,)."""

    features: np.ndarray
    target: np.ndarray
    parameter: np.ndarray

    def select(self, rows: np.ndarray) -> "Scaled":
        """The same at some parameter values."""
        return Scaled(self.features[rows], self.target[rows], self.parameter[rows])


def scaling_of(training: ParametricDataset, features: bool, target: str) -> Scaling:
    """Scales of the training samples; a scale of zero becomes 1.

    ``target``: 'range' to [0, 1] at every parameter value (as published; it adds a constant to the equation),
    'magnitude' by the largest absolute value, 'none'.
    """
    if target not in TARGETS:
        raise InputError(f"target_scaling: is {target!r}, must be one of {', '.join(TARGETS)}.")
    y, count = training.target, len(training.values)
    offset = y.min(1) if target == "range" else np.zeros(count)
    width = {"range": np.ptp(y, 1), "magnitude": np.abs(y).max(1), "none": np.ones(count)}[target]
    sizes = np.abs(training.features).max((0, 1)) if features else np.ones(training.features.shape[2])
    return Scaling(_or_one(sizes), float(_or_one(np.abs(training.values).max())), offset, _or_one(width))


def _or_one(scale: np.ndarray) -> np.ndarray:
    return np.where(scale > 0, scale, 1.0)


def scaled(data: ParametricDataset, scaling: Scaling, with_parameter: bool) -> Scaled:
    """Samples in the network's units; ``with_parameter`` adds the scaled parameter as last feature (EQL)."""
    x, t = data.features / scaling.features, data.values / scaling.parameter
    if with_parameter:
        x = np.concatenate([x, np.broadcast_to(t[:, None, None], (*x.shape[:2], 1))], 2)
    return Scaled(x, (data.target - scaling.offset[:, None]) / scaling.target[:, None], t)

"""The parameter as a scale of time: p·t where it is a rate that multiplies the whole equation, t for any other."""

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError

NONE = "none"


def time_scale(data: ParametricDataset) -> str:
    """Name of the parameter where time is scaled by it, else 'none'; InputError where a dataset names another."""
    named = data.attributes.get("time_scale", NONE)
    if named not in (NONE, data.parameter.name):
        raise InputError(f"{data.name}: time_scale is {named!r}, must be {NONE} or {data.parameter.name}.")
    return named


def time_factor(data: ParametricDataset, parameter: np.ndarray | float) -> np.ndarray | float:
    """What multiplies time at a parameter value, of the same shape."""
    return np.ones_like(parameter, dtype=float) if time_scale(data) == NONE else parameter

"""The averages of a dataset as a model of trajectories at any parameter: the limit for what is learned from them."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

from eqlearn.dataset import ParametricDataset
from eqlearn.inference import Model
from eqlearn.time_scale import time_factor


def mean_curves(data: ParametricDataset) -> Callable[[np.ndarray], Model]:
    """Model for runs recorded at the times (S,).

    A curve is a cubic spline in time, scaled to p·t where the dataset's time_scale says so, held beyond its ends;
    between two parameter values it is linear in the parameter.
    """
    factors = time_factor(data, data.values)
    splines = [CubicSpline(f * t, c) for f, t, c in zip(factors, data.time, data.features[:, :, 0])]

    def curve(index: int, scaled: np.ndarray) -> np.ndarray:
        return splines[index](np.clip(scaled, splines[index].x[0], splines[index].x[-1]))

    def model(times: np.ndarray) -> Model:
        return lambda parameter: _between(
            data.values, parameter, lambda index: curve(index, time_factor(data, parameter) * times)
        )

    return model


def _between(values: np.ndarray, parameter: float, curve: Callable[[int], np.ndarray]) -> np.ndarray:
    right = int(np.clip(np.searchsorted(values, parameter), 1, values.size - 1))
    share = np.clip((parameter - values[right - 1]) / (values[right] - values[right - 1]), 0.0, 1.0)
    return (1.0 - share) * curve(right - 1) + share * curve(right)

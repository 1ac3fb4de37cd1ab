"""Noise of single runs about their mean curve, learned from replicates: how large it is and how long it lasts.

Densities of a simulation are counted without error; what varies between replicates is the process itself, so its
deviations are correlated over time. Weighing residuals by this correlation is what separates a run that is late from
one whose parameter is smaller.
"""

from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.time_scale import NONE, time_factor, time_scale

LEAST_REPLICATES = 4
_LEAST_SD = 1e-3  # share of the largest: a start that is the same in all replicates has none
_ROUND_OFF = 1e-12  # share of the largest state
_CORRELATION = (0.05, 0.999)


@dataclass(frozen=True)
class Noise:
    """Deviations of a run as an Ornstein-Uhlenbeck process in deformed time (Zimmerman & Núñez-Antón 2010, ch. 3).

    times (G,): times from the start, p·t where ``by_parameter``; log_sd (G,): logarithm of the standard deviation of
    one run; memory (G,): u, not falling, such that the correlation between two times is exp(-|u - u'|). Beyond the last
    time both go on as they end. ASSUME: in this time neither depends on the parameter.
    """

    times: np.ndarray
    log_sd: np.ndarray
    memory: np.ndarray
    by_parameter: bool = True

    def scaled(self, parameter: float, times: np.ndarray) -> np.ndarray:
        """Times (S,) from the start of a run at a parameter value, as the noise counts them."""
        return parameter * times if self.by_parameter else times

    def whitening(self, times: np.ndarray, replicates: int = 1) -> np.ndarray:
        """Matrix (S, S) that makes the deviations of a mean of replicates at such times (S,) white, of variance 1."""
        sd = np.exp(np.interp(times, self.times, self.log_sd)) / np.sqrt(replicates)
        slope = (self.memory[-1] - self.memory[-2]) / (self.times[-1] - self.times[-2])
        beyond = slope * np.maximum(times - self.times[-1], 0.0)
        correlation = np.exp(-np.diff(np.interp(times, self.times, self.memory) + beyond))
        left = np.sqrt(1.0 - np.minimum(correlation, _CORRELATION[1]) ** 2)
        matrix = np.diag(1.0 / (sd * np.concatenate([[1.0], left])))
        matrix[np.arange(1, times.size), np.arange(times.size - 1)] = -correlation / (sd[:-1] * left)
        return matrix


def scatter(state: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Extra variables (P, S) of a dataset that keep how replicates (P, R, S) of a state scatter.

    The standard deviation, and the correlation with one sample before, NaN at the first and where nothing varies.
    """
    deviation = values - values.mean(axis=1, keepdims=True)
    sizes, correlation = np.linalg.norm(deviation, axis=1), np.full((values.shape[0], values.shape[2]), np.nan)
    covariance = np.sum(deviation[:, :, 1:] * deviation[:, :, :-1], axis=1)
    with np.errstate(invalid="ignore"):
        correlation[:, 1:] = covariance / (sizes[:, 1:] * sizes[:, :-1])
    replicates = values.shape[1]
    sd = sizes / np.sqrt(replicates - 1) if replicates > 1 else np.full_like(sizes, np.nan)
    return dict(zip(_names(state), (sd, correlation)))


def _names(state: str) -> tuple[str, str]:
    return f"{state}_sd", f"{state}_lag_correlation"


def noise_of(data: ParametricDataset) -> Noise | None:
    """Noise from the spread and the lag correlation of a dataset's replicates, pooled over its experiments.

    None where the dataset has fewer than ``LEAST_REPLICATES``, which tell too little.
    """
    sd, lag = (data.extra.get(name) for name in _names(data.state[0].name))
    if sd is None or lag is None or data.attributes.get("replicates", 0) < LEAST_REPLICATES:
        return None
    # Replicates that agree throughout, such as those of a state that is 0, tell of no noise.
    varying = sd.max(axis=1) > _ROUND_OFF * np.abs(data.features[:, :, 0]).max(axis=1)
    if not varying.any():
        return None
    data, sd, lag = data.select(varying), sd[varying], lag[varying]
    scaled = time_factor(data, data.values)[:, None] * (data.time - data.time[:, :1])
    grid = np.linspace(0.0, scaled.max(), data.time.shape[1])
    sd = np.maximum(sd, _LEAST_SD * sd.max(axis=1, keepdims=True))
    correlation = np.nan_to_num(lag[:, 1:])  # missing: nothing varies, so nothing is remembered
    rate = -np.log(np.clip(correlation, *_CORRELATION)) / np.diff(scaled, axis=1)
    middle = 0.5 * (scaled[:, 1:] + scaled[:, :-1])
    log_rate = _pooled(grid, middle, np.log(rate))
    steps = 0.5 * np.diff(grid) * (np.exp(log_rate[1:]) + np.exp(log_rate[:-1]))
    memory = np.concatenate([[0.0], np.cumsum(steps)])
    return Noise(grid, _pooled(grid, scaled, np.log(sd)), memory, time_scale(data) != NONE)


def _pooled(grid: np.ndarray, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean (G,) over the experiments that reach a time; the ends of the longest are held."""
    reach = times[:, -1] >= times[:, -1].max() * (1 - 1e-9)
    each = [np.interp(grid, t, v, right=v[-1] if longest else np.nan) for t, v, longest in zip(times, values, reach)]
    return np.nanmean(each, axis=0)

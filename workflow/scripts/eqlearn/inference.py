"""Parameter of a single run under a model of its trajectory, by bounded least squares (paper A, Section 2.6)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaincinv

from eqlearn.coverage import CONFIDENCE
from eqlearn.dataset import ParametricDataset
from eqlearn.dynamics import forward_solve
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.noise import Noise

REFINED = 3  # local minima of the grid that are refined
TOLERANCE = 1e-7
ROUNDS = 2  # weights depend on the estimate, and the estimate on the weights
CHI_SQUARE = float(2 * gammaincinv(0.5, CONFIDENCE))  # its quantile for one degree of freedom; scipy.stats loads slowly
CALIBRATED, FROM_NOISE, NO_INTERVAL = "calibrated", "noise model", "no noise model"

Model = Callable[[float], np.ndarray]


class Search(Protocol):
    """What estimates the parameter of runs that share their times; ``interval``: what its intervals rest on, or why it
    gives none."""

    interval: str

    def estimate(self, values: np.ndarray) -> "Estimate":
        """Estimate from one run's states (S,)."""


@dataclass(frozen=True)
class Estimate:
    """Estimated parameter, its mean squared trajectory error, whether it lies at a bound of the search, and the ends
    of its interval of confidence ``CONFIDENCE`` (NaN where the method gives none)."""

    parameter: float
    mse: float
    at_bound: bool
    low: float = np.nan
    high: float = np.nan


def states_of(equation: Equation, initial: float, times: np.ndarray, scale: float) -> Model:
    """States (S,) at the times by the parameter, under an equation, from a known initial state; ``scale``: size of the
    states, such as the largest of the runs."""
    return lambda value: forward_solve(equation, value, initial, times, scale)


@dataclass(frozen=True)
class _Profile:
    """Squared error of one run over the parameter: on the grid, anywhere, and the size of it that noise explains."""

    on_grid: np.ndarray
    at: Callable[[float], float]
    unit: float = 1.0


class ParameterSearch:
    """Searches a model's parameter for runs that share initial state and times.

    The whole range is scanned on a logarithmic grid first, so that no local minimum is missed, then the deepest
    valleys are refined by Brent's method. The scan is shared by all runs. With ``noise`` it is followed by
    generalised least squares, weights from the noise at the estimate before. An interval is where the likelihood ratio
    stays below ``threshold`` (see :func:`calibrated_threshold`), with ``noise`` alone below that of chi-square. With
    neither there is none: a single run that is late throughout looks like one of another parameter, and what its
    residuals tell of their correlation holds 20 to 60 % instead of 90 (autoregressive noise fitted to each of 500
    runs). Raises InputError for bounds that are not 0 < lowest < highest.
    """

    def __init__(
        self,
        model: Model,
        times: np.ndarray,
        bounds: tuple[float, float],
        noise: Noise | None = None,
        threshold: float | None = None,
        grid: int = 200,
    ) -> None:
        if not 0 < bounds[0] < bounds[1]:
            raise InputError(f"inference: bounds are {bounds}, must be 0 < lowest < highest.")
        self._model, self._times, self._noise = model, times, noise
        self.interval = CALIBRATED if threshold is not None else FROM_NOISE if noise is not None else NO_INTERVAL
        self._threshold = CHI_SQUARE if threshold is None else threshold
        self._grid = np.geomspace(*bounds, grid)
        self._curves = np.stack([model(value) for value in self._grid])

    def estimate(self, values: np.ndarray) -> Estimate:
        """Estimate from one run's states (S,), with its profile-likelihood interval."""
        parameter, profile = self._fit(values)
        mse = float(np.mean((self._model(parameter) - values) ** 2))
        low, high = (np.nan, np.nan) if self.interval == NO_INTERVAL else self._interval(parameter, profile)
        return Estimate(parameter, mse, parameter in (self._grid[0], self._grid[-1]), low, high)

    def likelihood_ratio(self, values: np.ndarray, parameter: float) -> float:
        """Twice the log-likelihood that a parameter lacks against the estimate, for calibrating thresholds."""
        estimate, profile = self._fit(values)
        return max((profile.at(parameter) - profile.at(estimate)) / profile.unit, 0.0)

    def _fit(self, values: np.ndarray) -> tuple[float, _Profile]:
        profile = self._profile(values)
        if self._noise is None:
            parameter = self._lowest(profile)
            unit = profile.at(parameter) / max(values.size - 1, 1)
            return parameter, _Profile(profile.on_grid, profile.at, max(unit, 1e-300))
        for _ in range(ROUNDS):
            scaled = self._noise.scaled(self._grid[np.argmin(profile.on_grid)], self._times - self._times[0])
            profile = self._profile(values, self._noise.whitening(scaled))
        return self._lowest(profile), profile

    def _profile(self, values: np.ndarray, whitening: np.ndarray | None = None) -> _Profile:
        deviations = self._curves - values
        on_grid = np.sum((deviations if whitening is None else deviations @ whitening.T) ** 2, axis=1)
        known = dict(zip(self._grid, on_grid))  # a root finder starts at points of the grid

        def at(value: float) -> float:
            if value not in known:
                deviation = self._model(value) - values
                whitened = deviation if whitening is None else whitening @ deviation
                known[value] = float(np.sum(whitened**2))  # summed as on the grid: ties stay ties
            return known[value]

        return _Profile(on_grid, at)

    def _lowest(self, profile: _Profile) -> float:
        padded = np.concatenate([[np.inf], profile.on_grid, [np.inf]])
        valleys = np.flatnonzero((profile.on_grid <= padded[:-2]) & (profile.on_grid <= padded[2:]))
        deepest = valleys[np.argsort(profile.on_grid[valleys], kind="stable")[:REFINED]]
        return min((self._refine(index, profile) for index in deepest), key=lambda pair: pair[1])[0]

    def _refine(self, index: int, profile: _Profile) -> tuple[float, float]:
        around = np.log(self._grid[[max(index - 1, 0), min(index + 1, self._grid.size - 1)]])
        found = minimize_scalar(
            lambda log_value: profile.at(np.exp(log_value)),
            bounds=around,
            method="bounded",
            options={"xatol": TOLERANCE},
        )
        at_grid = (float(self._grid[index]), float(profile.on_grid[index]))
        return min(at_grid, (float(np.exp(found.x)), float(found.fun)), key=lambda pair: pair[1])

    def _interval(self, parameter: float, profile: _Profile) -> tuple[float, float]:
        """Where the likelihood ratio crosses the threshold, on either side; a bound where it does not."""
        level = profile.at(parameter) + self._threshold * profile.unit
        grid, outside = self._grid, profile.on_grid > level
        below, above = np.flatnonzero(outside & (grid < parameter)), np.flatnonzero(outside & (grid > parameter))
        low, high = grid[0], grid[-1]
        if below.size:
            low = self._crossing(profile, level, grid[below[-1]], min(grid[below[-1] + 1], parameter))
        if above.size:
            high = self._crossing(profile, level, max(grid[above[0] - 1], parameter), grid[above[0]])
        return float(low), float(high)

    @staticmethod
    def _crossing(profile: _Profile, level: float, low: float, high: float) -> float:
        return brentq(lambda value: profile.at(value) - level, low, high, xtol=1e-9 * low, rtol=1e-6)


def estimates_of(
    runs: ParametricDataset, search: Callable[[np.ndarray], Search], progress=lambda items: items
) -> pd.DataFrame:
    """Estimates from runs whose parameter is known, a row per run; ``search`` is made once per parameter value.

    Runs of one parameter value share their times. ``progress`` wraps the values.
    """
    rows = []
    for value in progress(np.unique(runs.values)):
        own = runs.select(runs.values == value)
        searching = search(own.time[0])
        for replicate, states in enumerate(own.features[:, :, 0]):
            found = searching.estimate(states)
            error = abs(found.parameter - value) / value
            row = (value, replicate, found.parameter, error, found.mse, found.at_bound, found.low, found.high)
            rows.append((*row, searching.interval))
    columns = ["parameter_value", "replicate", "estimate", "relative_error", "mse", "at_bound", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "interval"])


def likelihood_ratios(runs: ParametricDataset, search: Callable[[np.ndarray], ParameterSearch]) -> list[float]:
    """Likelihood ratio of the true parameter, for every run."""
    ratios = []
    for value in np.unique(runs.values):
        own = runs.select(runs.values == value)
        searching = search(own.time[0])
        ratios += [searching.likelihood_ratio(states, float(value)) for states in own.features[:, :, 0]]
    return ratios


def calibrated_threshold(ratios: Iterable[float], averaged: int) -> float | None:
    """Threshold that covers with probability ``CONFIDENCE``: a quantile of the likelihood ratios of runs whose
    parameter is known (split conformal; Lei et al. 2018), which asks nothing of the noise model.

    ``averaged``: of how many of these runs the model has learned each mean. It lies nearer to them than to new ones,
    whose squared deviations are (averaged + 1)/(averaged - 1) times as large; the quantile grows by that. ASSUME: the
    model follows every mean; one that smooths over many lies farther off, and is then a little too careful.
    None, and so no calibration, for fewer than nine runs, which have no such quantile, and for means of one run.
    """
    ordered = np.sort(list(ratios))
    rank = int(np.ceil(CONFIDENCE * (ordered.size + 1)))
    if rank > ordered.size or averaged < 2:
        return None
    return float(ordered[rank - 1]) * (averaged + 1) / (averaged - 1)

"""Least-squares fit of dC/ds = sum of c_k·C^k to a sampled trajectory, by forward solves with sensitivities."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares

from eqlearn.polynomial_flow import solve_with_sensitivities
from eqlearn.scales import size_of

MAX_CORRELATION = 0.9
TOLERANCE = 1e-9  # relative error of a forward solve that no fit may claim to resolve


@dataclass(frozen=True)
class TrajectoryFit:
    """Fit of one trajectory.

    powers (k,) increasing; coefficients (k,); initial: state at the first time; error: sum of squared residuals;
    residuals (N,), observed minus fitted, whitened where the fit was; information (k, k): upper triangle R with
    R'R = J'J of the coefficients, after the initial state is projected out where it is fitted too, so that their
    covariance is variance·inv(R'R).
    """

    powers: tuple[int, ...]
    coefficients: np.ndarray
    initial: float
    error: float
    residuals: np.ndarray
    information: np.ndarray
    fitted_start: bool = True

    @property
    def samples(self) -> int:
        """Number of samples N."""
        return self.residuals.size

    def variance(self, floor: float, effective: float) -> float:
        """Residual variance, not below floor/N (see :func:`error_floor`), grown by N/effective."""
        freedom = self.samples - len(self.powers) - self.fitted_start
        variance = max(self.error / max(freedom, 1), floor / self.samples)
        return variance * self.samples / effective

    def standard_errors(self, floor: float, effective: float) -> np.ndarray:
        """Standard error of every coefficient (k,), from the linearised fit."""
        inverse = np.linalg.pinv(self.information)
        return np.sqrt(self.variance(floor, effective)) * np.linalg.norm(inverse, axis=1)


def error_floor(values: np.ndarray, whitening: np.ndarray | None = None) -> float:
    """Sum of squared errors, of whitened ones where they are, below which the solver's own error hides differences
    between models."""
    samples = values.size if whitening is None else float(np.sum(whitening**2))
    return samples * (TOLERANCE * size_of(values)) ** 2


def effective_samples(fit: TrajectoryFit, floor: float) -> float:
    """Number of independent samples that carry the information of N residuals with lag-1 correlation r.

    N·(1 - r)/(1 + r) (Bartlett 1935). Simulated densities fluctuate slowly, so neighbouring residuals agree; at the
    floor the residuals are round-off and count in full.
    """
    return float(fit.samples) if fit.error <= floor else fit.samples / correlated(fit.residuals)


def correlated(residuals: np.ndarray) -> float:
    """How many samples carry the information of one: (1 + r)/(1 - r) for residuals (N,) of lag-1 correlation r."""
    square = residuals @ residuals
    correlation = np.clip(residuals[1:] @ residuals[:-1] / square, 0.0, MAX_CORRELATION) if square > 0 else 0.0
    return float((1.0 + correlation) / (1.0 - correlation))


def predict(fit: TrajectoryFit, times: np.ndarray, powers: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """States (S,) of the fit, about as large as ``scale``, and their derivatives (S, 1 + len(powers)) by the start and
    by any powers."""
    dense = np.zeros(int(max(*fit.powers, *powers)) + 1)
    dense[list(fit.powers)] = fit.coefficients
    return solve_with_sensitivities(dense, np.asarray(powers, np.int64), fit.initial, times, scale)


def weak_design(times: np.ndarray, values: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """Integral form: columns (S - 1, K), integrals of C^k from the first time to every later one.

    Needs no derivative; the integrals are those of cubic splines through the powers of the samples.
    """
    return CubicSpline(times, values[:, None] ** powers).antiderivative()(times[1:])


def fit_trajectory(
    times: np.ndarray,
    values: np.ndarray,
    powers: tuple[int, ...],
    start: tuple[np.ndarray, float],
    *,
    fit_start: bool = True,
    whitening: np.ndarray | None = None,
) -> TrajectoryFit:
    """Least squares from ``start`` (coefficients, initial state) to times (S,) and values (S,).

    The initial state is fitted too, or kept as it is given. ``whitening`` (S, S): what makes the noise of the values
    white and of variance 1, for generalised least squares; none for ordinary least squares.
    """
    active, known = np.array(powers, np.int64), () if fit_start else (start[1],)
    scale = size_of(values)
    whiten = (lambda array: array) if whitening is None else (lambda array: whitening @ array)

    @last_of
    def solved(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        initial, *coefficients = *known, *point
        dense = np.zeros(powers[-1] + 1)
        dense[active] = coefficients
        states, slopes = solve_with_sensitivities(dense, active, initial, times, scale)
        return whiten(states - values), whiten(slopes[:, len(known) :])

    found = least_squares(
        lambda point: solved(point)[0],
        start[0] if known else np.concatenate([[start[1]], start[0]]),
        jac=lambda point: solved(point)[1],
        method="trf",  # "lm" of scipy 1.15 to 1.17 reads memory it never set: its last digits differ between calls
        x_scale="jac",
        ftol=1e-12,
        xtol=1e-12,
        gtol=1e-12,
        max_nfev=200,
    )
    initial, *coefficients = *known, *map(float, found.x)
    triangle = np.linalg.qr(found.jac, mode="r")[fit_start:, fit_start:]
    return TrajectoryFit(powers, np.array(coefficients), initial, 2 * found.cost, -found.fun, triangle, fit_start)


def last_of(function: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray], Any]:
    """The function, which remembers what it gave last: optimisers ask for value and derivative one after the other."""
    last: dict[str, Any] = {}

    def remembered(point: np.ndarray) -> Any:
        if "point" not in last or not np.array_equal(last["point"], point):
            last.update(point=point.copy(), value=function(point))
        return last["value"]

    return remembered

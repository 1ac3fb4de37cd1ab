"""Least-squares fit of dC/ds = sum of c_k·C^k to a sampled trajectory, by forward solves with sensitivities."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares

from eqlearn.polynomial_flow import solve_with_sensitivities

MAX_CORRELATION = 0.9
TOLERANCE = 1e-9  # relative error of a forward solve that no fit may claim to resolve


@dataclass(frozen=True)
class TrajectoryFit:
    """Fit of one trajectory.

    powers (k,) increasing; coefficients (k,); initial: fitted state at the first time; error: sum of squared
    residuals; residuals (N,), observed minus fitted; information (k, k): upper triangle R with R'R = J'J of the
    coefficients after the initial state is projected out, so that their covariance is variance·inv(R'R).
    """

    powers: tuple[int, ...]
    coefficients: np.ndarray
    initial: float
    error: float
    residuals: np.ndarray
    information: np.ndarray

    @property
    def samples(self) -> int:
        """Number of samples N."""
        return self.residuals.size

    def variance(self, floor: float, effective: float) -> float:
        """Residual variance, not below floor/N (see :func:`error_floor`), grown by N/effective."""
        variance = max(self.error / max(self.samples - len(self.powers) - 1, 1), floor / self.samples)
        return variance * self.samples / effective

    def standard_errors(self, floor: float, effective: float) -> np.ndarray:
        """Standard error of every coefficient (k,), from the linearised fit."""
        inverse = np.linalg.pinv(self.information)
        return np.sqrt(self.variance(floor, effective)) * np.linalg.norm(inverse, axis=1)


def error_floor(values: np.ndarray) -> float:
    """Sum of squared errors below which the solver's own error hides differences between models."""
    return values.size * (TOLERANCE * np.abs(values).max()) ** 2


def effective_samples(fit: TrajectoryFit, floor: float) -> float:
    """Number of independent samples that carry the information of N residuals with lag-1 correlation r.

    N·(1 - r)/(1 + r) (Bartlett 1935). Simulated densities fluctuate slowly, so neighbouring residuals agree; at the
    floor the residuals are round-off and count in full.
    """
    if fit.error <= floor:
        return float(fit.samples)
    residuals = fit.residuals
    correlation = np.clip(residuals[1:] @ residuals[:-1] / (residuals @ residuals), 0.0, MAX_CORRELATION)
    return fit.samples * (1.0 - correlation) / (1.0 + correlation)


def predict(fit: TrajectoryFit, times: np.ndarray, powers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """States (S,) of the fit and their derivatives (S, 1 + len(powers)) by the start and by any powers."""
    dense = np.zeros(int(max(*fit.powers, *powers)) + 1)
    dense[list(fit.powers)] = fit.coefficients
    return solve_with_sensitivities(dense, np.asarray(powers, np.int64), fit.initial, times)


def weak_design(times: np.ndarray, values: np.ndarray, powers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integral form: response C(s_i) - C(s_0) (S - 1,) and columns, integrals of C^k up to s_i (S - 1, K).

    Needs no derivative; the integrals are those of cubic splines through the powers of the samples.
    """
    columns = [CubicSpline(times, values**power).antiderivative()(times[1:]) for power in powers]
    return np.stack(columns, axis=1), values[1:] - values[0]


def fit_trajectory(
    times: np.ndarray, values: np.ndarray, powers: tuple[int, ...], start: tuple[np.ndarray, float]
) -> TrajectoryFit:
    """Levenberg-Marquardt from ``start`` (coefficients, initial state) to times (S,) and values (S,)."""
    active, last = np.array(powers, np.int64), {}

    def solved(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if last.get("point") is None or not np.array_equal(last["point"], point):
            dense = np.zeros(powers[-1] + 1)
            dense[active] = point[1:]
            last.update(point=point.copy(), solution=solve_with_sensitivities(dense, active, point[0], times))
        return last["solution"]

    found = least_squares(
        lambda point: solved(point)[0] - values,
        np.concatenate([[start[1]], start[0]]),
        jac=lambda point: solved(point)[1],
        method="lm",
        x_scale="jac",
        ftol=1e-12,
        xtol=1e-12,
        gtol=1e-12,
        max_nfev=200,
    )
    triangle = np.linalg.qr(found.jac, mode="r")
    return TrajectoryFit(powers, found.x[1:], float(found.x[0]), 2 * found.cost, -found.fun, triangle[1:, 1:])

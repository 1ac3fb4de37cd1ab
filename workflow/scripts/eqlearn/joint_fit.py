"""Least-squares fit of one equation with embedded parameter to the trajectories of all experiments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from eqlearn.polynomial_flow import solve_with_sensitivities
from eqlearn.scales import size_of
from eqlearn.trajectory_fit import last_of


@dataclass(frozen=True)
class Trajectory:
    """Scaled times (S,), states (S,), the state at the first time, from which solutions start; unit of errors."""

    times: np.ndarray
    values: np.ndarray
    initial: float
    unit: float = 1.0


@dataclass(frozen=True)
class JointFit:
    """coefficients and their standard_errors (T,); error: sum of squared residuals, in units, over all trajectories."""

    coefficients: np.ndarray
    standard_errors: np.ndarray
    error: float


def fit_jointly(
    trajectories: Sequence[Trajectory], factors: np.ndarray, powers: np.ndarray, start: np.ndarray
) -> JointFit:
    """Least squares for dC/ds = sum over t of factors[e, t]·coefficients[t]·C^powers[t], experiment e.

    factors (E, T), powers (T,), start (T,): first coefficients. Every trajectory counts alike in its own unit.
    Standard errors are those of the jackknife over experiments (Bell & McCaffrey 2002), since residuals of one
    trajectory go together; 0 for a single experiment.
    """

    @last_of
    def solved(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pairs = [_residuals(t, f, powers, point) for t, f in zip(trajectories, factors)]
        return np.concatenate([misses for misses, _ in pairs]), np.concatenate([slopes for _, slopes in pairs])

    found = least_squares(lambda point: solved(point)[0], start, jac=lambda point: solved(point)[1], x_scale="jac")
    errors = _standard_errors(found.jac, found.fun, len(trajectories))
    return JointFit(found.x, errors, 2 * float(found.cost))


def _residuals(
    trajectory: Trajectory, factors: np.ndarray, powers: np.ndarray, point: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Predicted minus observed states (S,) in units, and their derivatives (S, T) by the coefficients."""
    dense = np.zeros(powers.max() + 1)
    np.add.at(dense, powers, factors * point)
    distinct, which = np.unique(powers, return_inverse=True)
    scale = size_of(trajectory.values)
    states, slopes = solve_with_sensitivities(dense, distinct, trajectory.initial, trajectory.times, scale)
    return (states - trajectory.values) / trajectory.unit, slopes[:, 1:][:, which] * factors / trajectory.unit


def _standard_errors(jacobian: np.ndarray, residuals: np.ndarray, clusters: int) -> np.ndarray:
    """From the changes of the linearised coefficients when each cluster is left out."""
    terms = jacobian.shape[1]
    inverse = np.linalg.pinv(jacobian).reshape(terms, clusters, -1).transpose(1, 0, 2)
    own, rest = jacobian.reshape(clusters, -1, terms), residuals.reshape(clusters, -1)
    changes = [np.linalg.pinv(np.eye(terms) - a @ j) @ (a @ r) for a, j, r in zip(inverse, own, rest)]
    return np.sqrt(np.sum(np.square(changes), axis=0) * (clusters - 1) / clusters)

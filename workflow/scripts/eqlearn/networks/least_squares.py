"""Levenberg-Marquardt for many small problems at once: one per parameter value, all of one structure.

scipy.optimize.least_squares solves one at a time and spends its time between calls; tests compare with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FIRST, LEAST, MOST = 1e-3, 1e-15, 1e12  # damping
STEP = 10.0
# Rows (indices) and their parameters (r, K) -> residuals (r, S), Jacobian (r, S, K).
Model = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass
class Fit:
    """Parameters (R, K) and sums of squared residuals (R,)."""

    theta: np.ndarray
    cost: np.ndarray


def fit(model: Model, start: np.ndarray, floor: np.ndarray, iterations: int = 60, tolerance: float = 1e-10) -> Fit:
    """Minimise the sum of squares of every row from ``start`` (R, K).

    A row stops when its cost is below ``floor`` (R,), when an accepted step lowers the cost by less than the relative
    tolerance, or when no step lowers it. Values that are not finite count as infinitely bad.
    """
    theta = np.array(start, float)
    rows = np.arange(len(theta))
    residual, jacobian = model(rows, theta)
    cost = _cost(residual)
    damping = np.full(len(theta), FIRST)
    for _ in range(iterations):
        active = np.flatnonzero((cost > floor) & (damping < MOST))
        if not active.size or not theta.shape[1]:
            break
        trial = theta[active] + _steps(residual[active], jacobian[active], damping[active])
        new_residual, new_jacobian = model(active, trial)
        new = _cost(new_residual)
        better = new < cost[active]
        damping[active] = np.where(better, np.maximum(damping[active] / STEP, LEAST), damping[active] * STEP)
        chosen = active[better]
        stalled = cost[chosen] - new[better] <= tolerance * cost[chosen]
        theta[chosen], cost[chosen] = trial[better], new[better]
        residual[chosen], jacobian[chosen] = new_residual[better], new_jacobian[better]
        damping[chosen[stalled]] = MOST
    return Fit(theta, cost)


def _cost(residual: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        cost = np.einsum("rs,rs->r", residual, residual)
    return np.where(np.isfinite(cost), cost, np.inf)


def _steps(residual: np.ndarray, jacobian: np.ndarray, damping: np.ndarray) -> np.ndarray:
    """Damped Gauss-Newton steps (r, K), in units of every column's length so that scales do not matter."""
    lengths = np.sqrt(np.einsum("rsk,rsk->rk", jacobian, jacobian))
    lengths = np.where((lengths > 0) & np.isfinite(lengths), lengths, 1.0)
    columns = np.nan_to_num(jacobian, posinf=0.0, neginf=0.0) / lengths[:, None, :]
    normal = np.einsum("rsk,rsl->rkl", columns, columns)
    # Columns have length 1, so the damping is relative; a little stays for columns of zeros.
    normal += (damping[:, None, None] + 1e-14) * np.eye(normal.shape[1])
    slope = np.einsum("rsk,rs->rk", columns, np.nan_to_num(residual, posinf=0.0, neginf=0.0))
    return -np.linalg.solve(normal, slope[..., None])[..., 0] / lengths

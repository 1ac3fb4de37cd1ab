"""Parameter of a single run under an equation, by bounded least squares on forward solves (paper A, Section 2.6)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from eqlearn.dynamics import forward_solve
from eqlearn.equation import Equation
from eqlearn.errors import InputError

REFINED = 3  # local minima of the grid that are refined
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Estimate:
    """Estimated parameter, its mean squared trajectory error, and whether it lies at a bound of the search."""

    parameter: float
    mse: float
    at_bound: bool


class ParameterSearch:
    """Searches one equation's parameter for runs that share initial state and times.

    The whole range is scanned on a logarithmic grid first, so that no local minimum is missed, then the deepest
    valleys are refined by Brent's method. The scan is shared by all runs. Raises InputError for bounds that are
    not 0 < lowest < highest.
    """

    def __init__(
        self, equation: Equation, initial: float, times: np.ndarray, bounds: tuple[float, float], grid: int = 200
    ) -> None:
        if not 0 < bounds[0] < bounds[1]:
            raise InputError(f"inference: bounds are {bounds}, must be 0 < lowest < highest.")
        self._solve: Callable[[float], np.ndarray] = lambda value: forward_solve(equation, value, initial, times)
        self._grid = np.geomspace(*bounds, grid)
        self._curves = np.stack([self._solve(value) for value in self._grid])

    def estimate(self, values: np.ndarray) -> Estimate:
        """Least-squares estimate from one run's states (S,)."""
        errors = np.mean((self._curves - values) ** 2, axis=1)
        padded = np.concatenate([[np.inf], errors, [np.inf]])
        valleys = np.flatnonzero((errors <= padded[:-2]) & (errors <= padded[2:]))
        deepest = valleys[np.argsort(errors[valleys], kind="stable")[:REFINED]]
        found = [self._refine(values, index, errors) for index in deepest]
        parameter, mse = min(found, key=lambda pair: pair[1])
        return Estimate(parameter, mse, parameter in (self._grid[0], self._grid[-1]))

    def _refine(self, values: np.ndarray, index: int, errors: np.ndarray) -> tuple[float, float]:
        around = np.log(self._grid[[max(index - 1, 0), min(index + 1, self._grid.size - 1)]])
        found = minimize_scalar(
            lambda log_value: np.mean((self._solve(np.exp(log_value)) - values) ** 2),
            bounds=around,
            method="bounded",
            options={"xatol": TOLERANCE},
        )
        at_grid = (float(self._grid[index]), float(errors[index]))
        return min(at_grid, (float(np.exp(found.x)), float(found.fun)), key=lambda pair: pair[1])

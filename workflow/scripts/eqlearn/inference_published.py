"""Parameter of a single run as published: Nelder-Mead from three starts on RK45 solutions (paper A, Section 2.6)."""

import numpy as np
from scipy.optimize import minimize

from eqlearn import runge_kutta
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.inference import Estimate

STARTS = (0.0, 2.5, 5.0)
LOST = 1e10  # error where the solution ends early


class PublishedSearch:
    """Searches one equation's parameter for runs that share initial state and times; nothing bounds it.

    Raises InputError for an equation that is no polynomial in one state.
    """

    interval = "the published protocol has none"

    def __init__(self, equation: Equation, initial: float, times: np.ndarray) -> None:
        if state_polynomial(equation, 1.0) is None:
            raise InputError("published inference: needs an equation that is a polynomial in one state.")
        self._equation, self._initial, self._times = equation, initial, times

    def estimate(self, values: np.ndarray) -> Estimate:
        """Estimate from one run's states (S,), the best of the three starts; no interval."""
        options = {"xatol": 1e-8, "fatol": 1e-8}
        found = [minimize(self._error, [s], args=(values,), method="Nelder-Mead", options=options) for s in STARTS]
        best = min(found, key=lambda result: result.fun)
        return Estimate(float(best.x[0]), float(best.fun), at_bound=False)

    def _error(self, point: np.ndarray, values: np.ndarray) -> float:
        polynomial = state_polynomial(self._equation, float(point[0]))
        solved = runge_kutta.solve(polynomial, self._initial, self._times)
        return float(np.mean((solved - values) ** 2)) if solved.size == values.size else LOST

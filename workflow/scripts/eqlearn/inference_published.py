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


def estimate_as_published(equation: Equation, initial: float, times: np.ndarray, states: np.ndarray) -> Estimate:
    """Estimate from one run's times and states (S,), the best of the three starts; nothing bounds it.

    Raises InputError for an equation that is no polynomial in one state.
    """
    if state_polynomial(equation, 1.0) is None:
        raise InputError("published inference: needs an equation that is a polynomial in one state.")

    def squared_error(point: np.ndarray) -> float:
        solved = runge_kutta.solve(state_polynomial(equation, float(point[0])), initial, times)
        return float(np.mean((solved - states) ** 2)) if solved.size == states.size else LOST

    options = {"xatol": 1e-8, "fatol": 1e-8}
    found = [minimize(squared_error, [start], method="Nelder-Mead", options=options) for start in STARTS]
    best = min(found, key=lambda result: result.fun)
    return Estimate(float(best.x[0]), float(best.fun), at_bound=False)

"""How far learned equations are from trajectories."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from eqlearn import polynomial_flow, runge_kutta
from eqlearn.dataset import ParametricDataset
from eqlearn.dynamics import forward_solve, state_polynomial
from eqlearn.equation import Equation
from eqlearn.scales import size_of
from eqlearn.time_scale import time_factor

Solver = Callable[[Equation, float, float, np.ndarray, float], np.ndarray]
# Coefficients by power of the state, initial state, times, and the size of the states.
Flow = Callable[[np.ndarray, float, np.ndarray, float], np.ndarray]


def predicted(equation: Equation, data: ParametricDataset, solve: Solver = forward_solve) -> np.ndarray:
    """States (P, S) under the equation, from the initial states of the dataset."""
    starts, scale = zip(data.values, initial_states(data), data.time), size_of(data.features)
    return np.stack([solve(equation, value, initial, time, scale) for value, initial, time in starts])


def initial_states(data: ParametricDataset) -> np.ndarray:
    """States (P,) from which curves start: the nominal one everywhere, or, where that is 'data', the first observed."""
    nominal = data.attributes["initial_state"]
    return data.features[:, 0, 0] if nominal == "data" else np.full(data.values.size, float(nominal))


def published_solve(
    equation: Equation, parameter: float, initial: float, times: np.ndarray, scale: float
) -> np.ndarray:
    """States (S,) as the authors solved them (tolerances of their units), polynomial_flow.LIMIT·scale where that ends
    early."""
    coefficients = state_polynomial(equation, parameter)
    if coefficients is None:  # they learned polynomials alone
        return forward_solve(equation, parameter, initial, times, scale)
    return published_flow(coefficients, initial, times, scale)


def published_flow(coefficients: np.ndarray, initial: float, times: np.ndarray, scale: float) -> np.ndarray:
    """The same for coefficients (K + 1,) of the rate by power of the state."""
    limit = polynomial_flow.LIMIT * scale
    states = np.full(times.size, limit)
    solved = runge_kutta.solve(coefficients, initial, times)
    states[: solved.size] = np.clip(solved, -limit, limit)
    return states


def predicted_alone(table: pd.DataFrame, data: ParametricDataset, flow: Flow = polynomial_flow.solve) -> np.ndarray:
    """States (P, S) under the equation that each parameter value alone gave; NaN where the table has none."""
    initial, states = initial_states(data), np.full(data.time.shape, np.nan)
    scale = size_of(data.features)
    alone, runs = table[table["model"] == "alone"], data.runs
    if "run" not in table.columns:
        alone, runs = alone.assign(run=0), np.zeros_like(data.runs)
    for (value, run), rows in alone.groupby(["parameter_value", "run"]):
        coefficients = np.zeros(int(rows["power"].max()) + 1)
        coefficients[rows["power"].astype(int)] = time_factor(data, value) * rows["coefficient"]
        for row in np.flatnonzero((data.values == value) & (runs == run)):
            states[row] = flow(coefficients, initial[row], data.time[row], scale)
    return states


def trajectory_mse(states: np.ndarray, data: ParametricDataset) -> np.ndarray:
    """Mean squared error (P,) of predicted states (P, S): infinite after a blow-up, NaN where nothing is predicted."""
    errors = np.mean((states - data.features[:, :, 0]) ** 2, axis=1)
    lost = (np.abs(states) >= polynomial_flow.LIMIT * size_of(data.features)).any(axis=1)
    return np.where(lost, np.inf, errors)

"""How far learned equations are from trajectories."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from eqlearn import polynomial_flow, runge_kutta
from eqlearn.dataset import ParametricDataset
from eqlearn.dynamics import forward_solve, state_polynomial
from eqlearn.equation import Equation
from eqlearn.time_scale import time_factor

Solver = Callable[[Equation, float, float, np.ndarray], np.ndarray]


def predicted(equation: Equation, data: ParametricDataset, solve: Solver = forward_solve) -> np.ndarray:
    """States (P, S) under the equation, from the initial states of the dataset."""
    starts = zip(data.values, initial_states(data), data.time)
    return np.stack([solve(equation, value, initial, time) for value, initial, time in starts])


def initial_states(data: ParametricDataset) -> np.ndarray:
    """States (P,) from which curves start: the nominal one everywhere, or, where that is 'data', the first observed."""
    nominal = data.attributes["initial_state"]
    return data.features[:, 0, 0] if nominal == "data" else np.full(data.values.size, float(nominal))


def published_solve(equation: Equation, parameter: float, initial: float, times: np.ndarray) -> np.ndarray:
    """States (S,) as the authors solved them (relative tolerance 1e-3), polynomial_flow.LIMIT where that ends early."""
    states = np.full(times.size, polynomial_flow.LIMIT)
    solved = runge_kutta.solve(state_polynomial(equation, parameter), initial, times)
    states[: solved.size] = np.clip(solved, -polynomial_flow.LIMIT, polynomial_flow.LIMIT)
    return states


def predicted_alone(table: pd.DataFrame, data: ParametricDataset) -> np.ndarray:
    """States (P, S) under the equation that each parameter value alone gave; NaN where the table has none."""
    initial, states = initial_states(data), np.full(data.time.shape, np.nan)
    alone, runs = table[table["model"] == "alone"], data.runs
    if "run" not in table.columns:
        alone, runs = alone.assign(run=0), np.zeros_like(data.runs)
    for (value, run), rows in alone.groupby(["parameter_value", "run"]):
        coefficients = np.zeros(int(rows["power"].max()) + 1)
        coefficients[rows["power"].astype(int)] = time_factor(data, value) * rows["coefficient"]
        for row in np.flatnonzero((data.values == value) & (runs == run)):
            states[row] = polynomial_flow.solve(coefficients, initial[row], data.time[row])
    return states


def trajectory_mse(states: np.ndarray, data: ParametricDataset) -> np.ndarray:
    """Mean squared error (P,) of predicted states (P, S): infinite after a blow-up, NaN where nothing is predicted."""
    errors = np.mean((states - data.features[:, :, 0]) ** 2, axis=1)
    lost = (np.abs(states) >= polynomial_flow.LIMIT).any(axis=1)
    return np.where(lost, np.inf, errors)

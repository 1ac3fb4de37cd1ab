"""Forward solving a learned equation dC/dt = f(C; p) of one state."""

import numpy as np
from scipy.integrate import solve_ivp

from eqlearn import polynomial_flow
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.state_powers import by_power


def state_polynomial(equation: Equation, parameter: float) -> np.ndarray | None:
    """Coefficients (K + 1,) by power of the single state at one parameter value; None for other equations."""
    terms = by_power(equation.expression, equation.features[0]) if len(equation.features) == 1 else None
    if terms is None:
        return None
    values = {SYMBOL: np.float64(parameter), **equation.coefficients_at(parameter)}
    coefficients = np.zeros(max(terms) + 1)
    for power, at in terms.items():
        coefficients[power] = at(values)
    return coefficients


def forward_solve(equation: Equation, parameter: float, initial: float, times: np.ndarray, scale: float) -> np.ndarray:
    """States (S,) at increasing times (S,), starting from ``initial`` at times[0].

    ``scale``: size of the states that the solution is compared with, such as the largest observed one. Relative
    tolerance 1e-10. After a blow-up, and where the solution ends otherwise, the state stays at
    +-polynomial_flow.LIMIT·scale. Raises InputError for more than one feature.
    """
    if len(equation.features) != 1:
        raise InputError(f"equation: has the features {equation.features}, a forward solve needs exactly one state.")
    coefficients = state_polynomial(equation, parameter)
    if coefficients is not None:
        return polynomial_flow.solve(coefficients, initial, np.asarray(times, float), scale)
    return scale * _general_solve(equation, parameter, initial / scale, np.asarray(times, float), scale)


def _general_solve(equation: Equation, parameter: float, initial: float, times: np.ndarray, scale: float) -> np.ndarray:
    """States over ``scale``, by times over their span: the solver's first step knows no units."""
    name, span = equation.features[0], float(times[-1] - times[0]) or 1.0
    values = {SYMBOL: parameter, **equation.coefficients_at(parameter)}
    rate, at = equation.expression.evaluate, (times - times[0]) / span

    # Without a number there the solver would look for its first step for ever.
    if not np.isfinite(rate({**values, name: np.float64(initial)})):
        return np.full(times.size, np.copysign(polynomial_flow.LIMIT, initial))

    def blown_up(_time: float, state: np.ndarray) -> float:
        return polynomial_flow.LIMIT - abs(state[0])

    blown_up.terminal = True
    solution = solve_ivp(
        lambda _time, state: np.atleast_1d(rate({**values, name: scale * state[0]})) * (span / scale),
        (0.0, at[-1]),
        [initial],
        method="DOP853",
        t_eval=at,
        rtol=polynomial_flow.RTOL,
        atol=polynomial_flow.ATOL,
        events=blown_up,
    )
    solved = solution.y[0] if len(solution.t) else np.array([initial])
    last = solution.y_events[0][-1, 0] if solution.status == 1 else solved[-1]
    states = np.full(times.size, np.copysign(polynomial_flow.LIMIT, last))
    states[: solved.size] = solved
    return states

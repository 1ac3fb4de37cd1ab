"""Forward solving a learned equation dC/dt = f(C; p) of one state."""

import operator
from functools import reduce
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from eqlearn import polynomial_flow
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError


class _Polynomial:
    """A polynomial in the state, coefficients (K + 1,): far quicker than NumPy's class in an inner loop.

    TypeError for what is no polynomial.
    """

    __array_ufunc__ = None  # NumPy numbers leave the arithmetic to this class

    def __init__(self, coefficients: np.ndarray) -> None:
        self.coefficients = coefficients

    @staticmethod
    def of(value: Any) -> "_Polynomial":
        """A number as a polynomial of degree 0."""
        return value if isinstance(value, _Polynomial) else _Polynomial(np.array([float(value)]))

    def __add__(self, other: Any) -> "_Polynomial":
        short, long = sorted((self.coefficients, _Polynomial.of(other).coefficients), key=len)
        total = long.copy()
        total[: short.size] += short
        return _Polynomial(total)

    __radd__ = __add__

    def __mul__(self, other: Any) -> "_Polynomial":
        if isinstance(other, _Polynomial):
            return _Polynomial(np.convolve(self.coefficients, other.coefficients))
        return _Polynomial(self.coefficients * float(other))

    __rmul__ = __mul__

    def __neg__(self) -> "_Polynomial":
        return self * -1.0

    def __pos__(self) -> "_Polynomial":
        return self

    def __sub__(self, other: Any) -> "_Polynomial":
        return self + -other

    def __rsub__(self, other: Any) -> "_Polynomial":
        return -self + other

    def __truediv__(self, other: Any) -> "_Polynomial":
        return _Polynomial(self.coefficients / float(other))

    def __pow__(self, exponent: float) -> "_Polynomial":
        if not isinstance(exponent, int) or exponent < 0:
            raise TypeError("a polynomial to this power is none")
        if self.coefficients.size == 2 and self.coefficients[0] == 0:
            return _Polynomial(np.append(np.zeros(exponent), self.coefficients[1] ** exponent))
        return reduce(operator.mul, [self] * exponent, _Polynomial(np.ones(1)))


def state_polynomial(equation: Equation, parameter: float) -> np.ndarray | None:
    """Coefficients (K + 1,) by power of the single state at one parameter value; None for other equations."""
    if len(equation.features) != 1:
        return None
    numbers = {name: float(value) for name, value in equation.coefficients_at(parameter).items()}
    values = {**numbers, SYMBOL: np.float64(parameter), equation.features[0]: _Polynomial(np.array([0.0, 1.0]))}
    try:
        return _Polynomial.of(equation.expression.evaluate(values)).coefficients
    except (TypeError, ValueError):  # a function of the state, a division by it, or a fractional power
        return None


def forward_solve(equation: Equation, parameter: float, initial: float, times: np.ndarray) -> np.ndarray:
    """States (S,) at increasing times (S,), starting from ``initial`` at times[0].

    Relative tolerance 1e-10. After a blow-up, and where the solution ends otherwise, the state stays at
    +-polynomial_flow.LIMIT. Raises InputError for more than one feature.
    """
    if len(equation.features) != 1:
        raise InputError(f"equation: has the features {equation.features}, a forward solve needs exactly one state.")
    coefficients = state_polynomial(equation, parameter)
    if coefficients is not None:
        return polynomial_flow.solve(coefficients, initial, np.asarray(times, float))
    return _general_solve(equation, parameter, initial, np.asarray(times, float))


def _general_solve(equation: Equation, parameter: float, initial: float, times: np.ndarray) -> np.ndarray:
    name = equation.features[0]
    values = {SYMBOL: parameter, **equation.coefficients_at(parameter)}
    rate = equation.expression.evaluate

    def blown_up(_time: float, state: np.ndarray) -> float:
        return polynomial_flow.LIMIT - abs(state[0])

    blown_up.terminal = True
    solution = solve_ivp(
        lambda _time, state: np.atleast_1d(rate({**values, name: state[0]})),
        (times[0], times[-1]),
        [initial],
        method="DOP853",
        t_eval=times,
        rtol=polynomial_flow.RTOL,
        atol=polynomial_flow.ATOL,
        events=blown_up,
    )
    last = solution.y_events[0][-1, 0] if solution.status == 1 else solution.y[0, -1]
    states = np.full(times.size, np.copysign(polynomial_flow.LIMIT, last))
    states[: solution.y.shape[1]] = solution.y[0]
    return states

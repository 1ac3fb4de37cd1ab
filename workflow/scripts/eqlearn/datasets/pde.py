"""Partial differential equations in one periodic coordinate, whose coefficients vary in x or t (paper B, Section IV-B).

The template of the true equation is the one definition: right-hand side, Jacobian and truth all come from it.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression
from eqlearn.fields import STATES, Field, space_derivatives, spectral_matrix, time_derivative
from eqlearn.halving import squared_errors
from eqlearn.random import generator
from eqlearn.structure import as_expression, symbol, to_sympy

RTOL, ATOL = 1e-10, 1e-12


@dataclass(frozen=True)
class Problem:
    """u_t = truth(u, u_x, ..., coefficients(varying)) on a period in x.

    varying: 'x' or 't', the coordinate on which coefficients depend; domain: (lowest, highest) x, one period;
    until: last time; kept: share of the times that are kept, the last ones; initial: expression of x.
    Raises InputError where domain or initial are not.
    """

    truth: Equation
    domain: tuple[float, float]
    until: float
    initial: str
    kept: float = 1.0

    def __post_init__(self) -> None:
        low, high = self.domain
        if not low < high:
            raise InputError(f"domain: is {low:g} to {high:g}, must rise.")
        initial = Expression(self.initial)
        if initial.names - {"x"}:
            raise InputError(f"initial: has the name {min(initial.names - {'x'})!r}, must be an expression of x.")
        with np.errstate(all="ignore"):
            start = initial.evaluate({"x": np.linspace(low, high, 64, endpoint=False)})
        if not np.isfinite(start).all():
            raise InputError(f"initial: {self.initial} is not finite at every x from {low:g} to {high:g}.")

    @property
    def varying(self) -> str:
        """The coordinate on which coefficients depend."""
        return self.truth.parameter

    @cached_property
    def slopes(self) -> dict[str, Expression]:
        """Derivative of the right-hand side by every state that occurs in it."""
        right = to_sympy(self.truth)
        return {name: as_expression(right.diff(symbol(name))) for name in self.truth.features}


def _problem(varying: str, template: str, *shape: Any, **more: Any) -> Problem:
    return Problem(Equation(template, _states_in(template), varying, "u_t", {}), *shape, **more)


def _states_in(template: str) -> tuple[str, ...]:
    return tuple(name for name in STATES if name in Expression(template).names)


_FIFTH, _TENTH = repr(2 * np.pi / 5), repr(2 * np.pi / 10)
# p stands for the coordinate on which the coefficients depend; (f(p)·u)_x, written out, and so on.
PROBLEMS = {
    "advection_diffusion": _problem(
        "x",
        f"-{_FIFTH}*sin({_FIFTH}*p)*u + (cos({_FIFTH}*p) - 1.5)*u_x + 0.1*u_xx",
        (-5.0, 5.0),
        5.0,
        f"cos({_FIFTH}*x)",
    ),
    "burgers": _problem("t", "-(1 + sin(p)/4)*u*u_x + 0.1*u_xx", (-8.0, 8.0), 10.0, "exp(-(x + 1)**2)"),
    "kuramoto_sivashinsky": _problem(
        "x",
        f"(1 + sin({_TENTH}*p)/4)*u*u_x + (exp(-(p - 2)**2/5)/4 - 1)*u_xx - (1 + exp(-(p + 2)**2/5)/4)*u_xxxx",
        (-10.0, 10.0),
        200.0,
        "exp(-x**2)",
        kept=0.5,
    ),
}


def problem_of(name: str, definitions: Mapping[str, Mapping[str, Any]]) -> Problem:
    """A benchmark by name, or a user's own: varying, template, domain, until, initial, kept. InputError for an unknown
    name or a template that cannot be read."""
    if name in definitions:
        own = dict(definitions[name])
        shape = (tuple(map(float, own["domain"])), float(own["until"]), own["initial"])
        return _problem(own["varying"], own["template"], *shape, kept=float(own.get("kept", 1.0)))
    if name not in PROBLEMS:
        raise InputError(f"equation {name!r}: is neither defined nor one of {', '.join(PROBLEMS)}.")
    return PROBLEMS[name]


def solve(problem: Problem, points: int, times: int, rtol: float = RTOL, atol: float = ATOL) -> Field:
    """Solution on ``points`` in x and ``times`` in t (before those that are not kept are left out).

    Spectral in x, LSODA in time with the exact Jacobian (Hindmarsh 1983). InputError where it ends early.
    """
    low, high = problem.domain
    x, t = np.linspace(low, high, points, endpoint=False), np.linspace(0.0, problem.until, times)
    matrices = {name: spectral_matrix(points, high - low, STATES.index(name)) for name in problem.truth.features}

    def given(time: float, state: np.ndarray) -> dict[str, Any]:
        return {SYMBOL: x if problem.varying == "x" else time} | {name: m @ state for name, m in matrices.items()}

    def rate(time: float, state: np.ndarray) -> np.ndarray:
        return problem.truth.expression.evaluate(given(time, state))

    def jacobian(time: float, state: np.ndarray) -> np.ndarray:
        values = given(time, state)
        slopes = {name: np.broadcast_to(s.evaluate(values), x.shape) for name, s in problem.slopes.items()}
        return sum(slopes[name][:, None] * matrix for name, matrix in matrices.items())

    start = np.broadcast_to(Expression(problem.initial).evaluate({"x": x}), x.shape)
    with np.errstate(all="ignore"):
        found = solve_ivp(rate, (0.0, t[-1]), start, "LSODA", t, rtol=rtol, atol=atol, jac=jacobian)
    if not found.success or not np.isfinite(found.y).all():
        ended = found.t[-1] if found.t.size else 0.0
        raise InputError(f"u_t = {problem.truth.template}: its solution ends at t = {ended:g} of {problem.until:g}.")
    first = round(times * (1 - problem.kept))
    return Field(x, t[first:], found.y.T[first:])


def sampled(
    name: str, problem: Problem, field: Field, methods: Mapping[str, str], highest: int, attributes: Mapping[str, Any]
) -> ParametricDataset:
    """The field and its derivatives up to order ``highest`` as features, u_t as target, both (P, S, ...).

    P runs over the coordinate on which the coefficients depend, S over the other one, which ``extra`` keeps.
    ``methods``: of the derivatives, by 'space' and 'time'; attributes ``error_{name}`` hold their mean squared errors,
    estimated by halving.
    """
    errors = {f"error_{name}": error for name, error in squared_errors(field, methods, highest).items()}
    features, target = space_derivatives(field, methods["space"], highest), time_derivative(field, methods["time"])
    coordinates = {"t": field.t, "x": field.x}
    if problem.varying == "x":
        features, target = features.swapaxes(0, 1), target.T
    other = next(key for key in coordinates if key != problem.varying)
    values = coordinates[problem.varying]
    return ParametricDataset(
        name=name,
        parameter=Quantity(problem.varying),
        values=values,
        state=tuple(map(Quantity, STATES[: highest + 1])),
        features=features,
        rate=Quantity("u_t"),
        target=target,
        extra={other: np.broadcast_to(coordinates[other], target.shape)},
        attributes={**attributes, **errors, "true_equation": problem.truth.template},
    )


def with_noise(field: Field, share: float, seed: Sequence[Any]) -> Field:
    """Gaussian noise on u, its standard deviation a share of that of u; ``seed``: what the stream is named by."""
    if not share:
        return field
    noise = generator("pde", *map(str, seed)).normal(size=field.u.shape)
    return dataclasses.replace(field, u=field.u + share * field.u.std() * noise)

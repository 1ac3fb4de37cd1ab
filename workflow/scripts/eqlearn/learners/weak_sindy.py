"""Group-sparse regression in weak form: the refined linear learner of partial differential equations.

Terms ∂ₓ^d u^a with coefficients in a smooth basis; a group is one term with its whole basis. Groups enter one by one,
the one that helps most first, or leave the whole; the Bayesian information criterion decides which support is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.fields import STATES, Field
from eqlearn.learners.group_sindy import equation_of
from eqlearn.structure import as_expression, symbol
from eqlearn.weak_form import Bumps, WeakForm, basis

FLOOR = 1e-8  # relative squared error that quadrature may leave at these widths; below it no basis is told apart
AT_REST = 1e-12  # change over time, as a share of the largest value, that is round-off
CUTOFF = 1e-12  # singular values below this share of the largest are round-off


@dataclass(frozen=True)
class Settings:
    """powers: highest power of u; half_x, half_t: half widths of the test functions in grid steps; max_terms: most
    that enter one by one; size: of the basis with which terms are chosen, odd; sizes: of those with which the chosen
    terms are fitted."""

    powers: int = 3
    half_x: int = 40
    half_t: int = 15
    max_terms: int = 6
    size: int = 11
    sizes: Sequence[int] = (3, 5, 7, 9, 11, 15, 21)


def learn(data: ParametricDataset, settings: Settings, provenance: dict) -> Equation:
    """Learn from the field u of a dataset with its grid; the other features are not used.

    InputError for a dataset without a grid, with a grid smaller than the test functions, or of a field at rest.
    """
    field, varying = field_of(data), data.parameter.name
    highest = min(len(data.state) - 1, len(STATES) - 1)
    if field.t.size <= 4 * settings.half_t or field.x.size <= 2 * settings.half_x:
        raise InputError(
            f"{data.name}: has {field.t.size} times and {field.x.size} points, test functions of half widths "
            f"{settings.half_t} and {settings.half_x} need more than {4 * settings.half_t} and {2 * settings.half_x}."
        )
    if np.ptp(field.u, axis=0).max() <= AT_REST * np.abs(field.u).max():
        raise InputError(f"{data.name}: u does not change over time, so there is nothing to learn from.")
    form = WeakForm(field, varying, Bumps(settings.half_x, settings.half_t), highest)
    terms = [(0, 0), *((power, order) for power in range(1, settings.powers + 1) for order in range(highest + 1))]
    independent = field.u.size / (settings.half_x * settings.half_t)
    chosen = min(
        _candidates(_system(form, terms, settings.size), settings.max_terms),
        key=lambda model: model.criterion(independent),
    )
    fits = [_system(form, sorted(chosen.terms), size) for size in settings.sizes]
    best = min(fits, key=lambda model: model.criterion(independent))
    texts = [as_expression(expanded(*term)).text for term in best.terms]
    return equation_of(data, texts, best.coefficients(), provenance)


def field_of(data: ParametricDataset) -> Field:
    """The field u of a dataset on its grid; InputError where it has none."""
    other = {"x": "t", "t": "x"}.get(data.parameter.name)
    if other not in data.extra or data.state[0].name != STATES[0]:
        raise InputError(f"{data.name}: has no field u on a grid of x and t, which the weak form needs.")
    u, along = data.features[:, :, 0], data.extra[other][0]
    return Field(data.values, along, u.T) if other == "t" else Field(along, data.values, u)


def expanded(power: int, order: int) -> sympy.Expr:
    """∂ₓ^order u^power in u, u_x, u_xx, ..."""
    x = sympy.Symbol("x")
    u = sympy.Function("u")(x)
    derivative = (u**power).diff(x, order) if order else u**power
    names = {u.diff(x, k): symbol(STATES[k]) for k in range(order, 0, -1)} | {u: symbol(STATES[0])}
    return sympy.expand(derivative.subs(names))


@dataclass(frozen=True)
class _System:
    """Least squares for some terms (k) in one basis (Q, M): triangle (k·M, k·M) of the normalised columns, their
    lengths, the projected response, its energy, and the squared error of the fit."""

    terms: list[tuple[int, int]]
    functions: np.ndarray
    triangle: np.ndarray
    lengths: np.ndarray
    projected: np.ndarray
    energy: float
    error: float

    def criterion(self, independent: float) -> float:
        """Bayesian information criterion for so many independent test functions."""
        misfit = independent * np.log(self.error / self.energy + FLOOR)
        return misfit + np.log(independent) * self.functions.shape[1] * len(self.terms)

    def coefficients(self) -> np.ndarray:
        """Coefficients over the varying coordinate (Q, k); the smallest ones where several fit equally."""
        solution = np.linalg.lstsq(self.triangle, self.projected, rcond=CUTOFF)[0]
        return self.functions @ (solution / self.lengths).reshape(len(self.terms), -1).T

    def only(self, kept: Sequence[int]) -> "_System":
        """The same with some of the terms."""
        size = self.functions.shape[1]
        columns = np.concatenate([np.arange(k * size, (k + 1) * size) for k in kept])
        directions, triangle = np.linalg.qr(self.triangle[:, columns])
        projected = directions.T @ self.projected
        error = self.error + max(float(self.projected @ self.projected - projected @ projected), 0.0)
        terms = [self.terms[k] for k in kept]
        return _System(terms, self.functions, triangle, self.lengths[columns], projected, self.energy, error)


def _system(form: WeakForm, terms: list[tuple[int, int]], size: int) -> _System:
    functions = basis(form.varying, form.field, size, form.highest)
    design = np.concatenate([form.columns(*term, functions) for term in terms], axis=1)
    lengths = np.linalg.norm(design, axis=0)
    lengths[lengths == 0] = 1.0
    directions, triangle = np.linalg.qr(design / lengths)
    projected, energy = directions.T @ form.response, float(form.response @ form.response)
    error = max(energy - float(projected @ projected), 0.0)
    return _System(terms, functions[0], triangle, lengths, projected, energy, error)


def _candidates(system: _System, most: int) -> Iterator[_System]:
    """Systems as the term that helps most enters, up to ``most``, and as the one that helps least leaves the whole.

    Either way alone misses what the other finds: terms that only help together, or too many for the data.
    """
    everything, chosen = range(len(system.terms)), []
    while len(chosen) < min(most, len(everything)):
        yield _best(system, [[*chosen, k] for k in everything if k not in chosen], chosen)
    chosen = list(everything)
    while len(chosen) > 1:
        yield _best(system, [[k for k in chosen if k != gone] for gone in chosen], chosen)


def _best(system: _System, supports: list[list[int]], chosen: list[int]) -> _System:
    """The system of least error, whose support replaces ``chosen``."""
    systems = [system.only(support) for support in supports]
    best = int(np.argmin([each.error for each in systems]))
    chosen[:] = supports[best]
    return systems[best]

"""An equation while it is being read: a template, and the value of every coefficient at R parameter values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy

from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression
from eqlearn.structure import Term, as_expression, symbol, terms_of, to_sympy

_PLACE = re.compile(r"(?<![A-Za-z0-9_])_(?![A-Za-z0-9_])")
Values = dict[str, np.ndarray]


@dataclass(frozen=True)
class Form:
    """``template`` over features and the coefficients in ``values``, by name (R,)."""

    features: tuple[str, ...]
    template: str
    values: Values

    @property
    def inputs(self) -> tuple[str, ...]:
        """The features without the parameter, which is one in an EQL network."""
        return tuple(name for name in self.features if name != SYMBOL)

    @cached_property
    def symbolic(self) -> sympy.Expr:
        """The template as a SymPy expression."""
        return to_sympy(Equation(self.template, self.inputs, "parameter", "target", dict.fromkeys(self.values)))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Its additive terms."""
        return terms_of(self.symbolic, tuple(map(symbol, self.features)))

    @cached_property
    def derivatives(self) -> dict[str, Expression]:
        """Derivative of the template by every coefficient."""
        return {name: as_expression(sympy.diff(self.symbolic, symbol(name))) for name in self.values}

    @property
    def theta(self) -> np.ndarray:
        """Coefficients (R, K) in the order of ``values``; (0, 0) without any, which does not tell R."""
        return np.stack(list(self.values.values()), 1) if self.values else np.empty((0, 0))

    def with_theta(self, theta: np.ndarray) -> "Form":
        """The same template with other coefficients (R, K)."""
        return Form(self.features, self.template, dict(zip(self.values, theta.T)))

    def at(self, rows: np.ndarray) -> "Form":
        """The same at some of the parameter values."""
        return Form(self.features, self.template, {name: value[rows] for name, value in self.values.items()})

    def evaluate(self, features: np.ndarray) -> np.ndarray:
        """Values (R, S) at features (R, S, F)."""
        return evaluated(Expression(self.template), self._named(features, self.theta), features.shape[:2])

    def linearised(self, features: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values (r, S) and Jacobian (r, S, K) at features (r, S, F) and coefficients (r, K)."""
        named, shape = self._named(features, theta), features.shape[:2]
        columns = [evaluated(derivative, named, shape) for derivative in self.derivatives.values()]
        jacobian = np.stack(columns, 2) if columns else np.empty((*shape, 0))
        return evaluated(Expression(self.template), named, shape), jacobian

    def slopes(self, features: np.ndarray) -> np.ndarray:
        """Derivative by every feature (R, S, F) at features (R, S, F)."""
        named, shape = self._named(features, self.theta), features.shape[:2]
        slopes = [as_expression(sympy.diff(self.symbolic, symbol(name))) for name in self.features]
        return np.stack([evaluated(slope, named, shape) for slope in slopes], 2)

    def _named(self, features: np.ndarray, theta: np.ndarray) -> Values:
        named = {name: features[:, :, k] for k, name in enumerate(self.features)}
        return named | {name: theta[:, k, None] for k, name in enumerate(self.values)}


def evaluated(expression: Expression, named: Values, shape: tuple[int, ...]) -> np.ndarray:
    """Value of an expression, broadcast to a shape; overflow becomes infinite without a warning."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(expression.evaluate(named), shape)


def canonical(expression: sympy.Expr, values: Mapping[str, np.ndarray], features: tuple[str, ...]) -> Form:
    """The form of an expression over features and the names in ``values`` (R,): expanded, equal terms merged, one
    coefficient per factor in front or inside; a factor that occurs twice keeps one coefficient.

    InputError where the template grows too long to be read.
    """
    rows = len(next(iter(values.values()))) if values else 1
    names: dict[sympy.Expr, str] = {}
    found: Values = {}
    pieces = []
    for term in terms_of(expression, tuple(map(symbol, features))):
        for factor in term.factors:
            if factor not in names:
                names[factor] = f"c{len(names) + 1}"
                found[names[factor]] = evaluated(as_expression(factor), dict(values), (rows,))
        pieces.append(_text(term, [names[factor] for factor in term.factors]))
    return Form(features, " + ".join(pieces) or "0", found)


def _text(term: Term, coefficients: list[str]) -> str:
    front, *inner = coefficients
    given = iter(inner)
    skeleton = _PLACE.sub(lambda _match: next(given), term.skeleton.split(" #")[0])
    if next(given, None) is not None:
        raise InputError(f"equation: the term {term.skeleton} cannot be written with its coefficients.")
    return front if skeleton == "1" else f"{front}*{skeleton}"


def structure_of(form: Form) -> str:
    """The skeletons of the terms, such as ``x + sin(_*x)``."""
    return " + ".join(term.skeleton for term in form.terms) or "0"

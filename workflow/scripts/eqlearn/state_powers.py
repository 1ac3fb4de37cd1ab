"""An expression as a polynomial in one state, with coefficients that are functions of everything else.

The structure is worked out once, so that an inner loop evaluates nothing but the coefficients.
"""

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from operator import itemgetter

import numpy as np

from eqlearn.expression import Expression

MOST = 2_000  # evaluations of names and numbers for one coefficient; beyond, the rate itself is quicker
At = Callable[[Mapping[str, np.float64]], np.float64]  # a number, from the values of all names but the state's


def _one(_values: Mapping[str, np.float64]) -> np.float64:
    return np.float64(1.0)


def _combined(combine: Callable, left: At, right: At) -> At:
    if combine is operator.mul and _one in (left, right):
        return right if left is _one else left

    def combined(values: Mapping[str, np.float64]) -> np.float64:
        return combine(left(values), right(values))

    combined.cost = _cost(left) + _cost(right)
    if combined.cost > MOST:
        raise TypeError("multiplied out, it takes too long to evaluate")
    return combined


def _cost(at: At) -> int:
    """Evaluations of names and numbers; those of (1 + C)**n double with n."""
    return getattr(at, "cost", 1)


class _Polynomial:
    """Coefficients by power of the state; the other powers are absent. TypeError for what is no polynomial."""

    def __init__(self, terms: Mapping[int, At]) -> None:
        self.terms = terms

    def __add__(self, other: "_Polynomial") -> "_Polynomial":
        both = self.terms.keys() & other.terms.keys()
        sums = {power: _combined(operator.add, self.terms[power], other.terms[power]) for power in both}
        return _Polynomial({**self.terms, **other.terms, **sums})

    def __mul__(self, other: "_Polynomial") -> "_Polynomial":
        products = (
            _Polynomial({left + right: _combined(operator.mul, self.terms[left], other.terms[right])})
            for left in self.terms
            for right in other.terms
        )
        return reduce(operator.add, products)

    def __truediv__(self, other: "_Polynomial") -> "_Polynomial":
        below = other.number()
        return _Polynomial({power: _combined(operator.truediv, at, below) for power, at in self.terms.items()})

    def __pow__(self, exponent: float) -> "_Polynomial":
        if self.terms.keys() == {0}:
            return self.applied(lambda value: value**exponent)
        if not isinstance(exponent, int) or exponent < 0:
            raise TypeError("a polynomial to this power is none")
        return reduce(operator.mul, [self] * exponent, _Polynomial({0: _one}))

    def __neg__(self) -> "_Polynomial":
        return _Polynomial({power: _applied(operator.neg, at) for power, at in self.terms.items()})

    def __pos__(self) -> "_Polynomial":
        return self

    def __sub__(self, other: "_Polynomial") -> "_Polynomial":
        return self + -other

    def number(self) -> At:
        """The value of a polynomial in which the state does not occur."""
        if self.terms.keys() != {0}:
            raise TypeError("the state occurs where a polynomial has no place for it")
        return self.terms[0]

    def applied(self, function: Callable) -> "_Polynomial":
        """A function of a number."""
        return _Polynomial({0: _applied(function, self.number())})


def _applied(function: Callable, at: At) -> At:
    def applied(values: Mapping[str, np.float64]) -> np.float64:
        return function(at(values))

    applied.cost = _cost(at)
    return applied


@lru_cache
def by_power(expression: Expression, state: str) -> Mapping[int, At] | None:
    """Coefficients by power of the state that occurs in the expression; None where it is no polynomial in it."""
    values = {name: _Polynomial({0: itemgetter(name)}) for name in expression.names} | {state: _Polynomial({1: _one})}
    try:
        return expression.fold(
            values,
            lambda name: lambda polynomial: polynomial.applied(getattr(np, name)),
            lambda number: _Polynomial({0: lambda _values: np.float64(number)}),
        ).terms
    except TypeError:  # a function of the state, a division by it, a fractional power, or too much to multiply out
        return None

"""What SymPy may be asked for: it works with exact numbers, and would compute sin(exp(1e99)) to 1e99 digits.

Sizes are bounded beforehand; what is left, such as nested functions whose signs SymPy examines, is bounded in time.
"""

import functools
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, inf, isfinite, log10
from types import FrameType

import numpy as np

from eqlearn.errors import InputError
from eqlearn.expression import Expression

DIGITS = 250  # of any number, so that numbers stay those of double precision
TERMS = 10_000  # of a sum that is multiplied out
SECONDS = 20.0  # of CPU time; equations of a run take less than one


@dataclass(frozen=True)
class _Bound:
    """What a part comes to: its value where it holds no name, digits of its largest or smallest coefficient, and terms.

    ``widest`` is the largest number of terms of any part inside.
    """

    value: float | None = None
    digits: float = 0.0
    terms: float = 1.0
    widest: float = 1.0

    def __add__(self, other: "_Bound") -> "_Bound":
        digits = max(self.digits, other.digits) + log10(2)
        return self._joined(np.add, other, digits, self.terms + other.terms)

    def __sub__(self, other: "_Bound") -> "_Bound":
        return self + -other

    def __mul__(self, other: "_Bound") -> "_Bound":
        return self._joined(np.multiply, other, self.digits + other.digits, self.terms * other.terms)

    def __truediv__(self, other: "_Bound") -> "_Bound":
        return self._joined(np.divide, other, self.digits + other.digits, self.terms + other.terms)

    def __neg__(self) -> "_Bound":
        return self * number(-1.0)

    def __pos__(self) -> "_Bound":
        return self

    def __pow__(self, exponent: float) -> "_Bound":
        size = int(np.ceil(abs(exponent)))
        terms = comb(int(min(self.terms, TERMS)) + size - 1, size) if size else 1
        digits = abs(exponent) * self.digits + log10(max(terms, 1))
        return self._joined(np.power, number(exponent), digits, float(terms))

    def within(self, name: str) -> "_Bound":
        """A function of it."""
        if self.value is None:
            return _Bound(None, self.digits, 1.0, self.widest)
        value = _computed(getattr(np, name), self.value)
        # What underflows in double precision is a number with as many digits to SymPy.
        return number(inf if name == "exp" and value == 0 else value)

    def _joined(self, apply: Callable, other: "_Bound", digits: float, terms: float) -> "_Bound":
        if self.value is not None and other.value is not None:
            return number(_computed(apply, self.value, other.value))
        return _Bound(None, digits, terms, max(self.widest, other.widest, terms))


def _computed(apply: Callable, *values: float) -> float:
    with np.errstate(all="ignore"):
        return float(apply(*map(np.float64, values)))


def number(value: float) -> _Bound:
    """Bound of a number."""
    value = float(value)
    return _Bound(value, abs(log10(abs(value))) if value and isfinite(value) else 0.0 if value == 0 else inf)


def bound_of(expression: Expression, values: Mapping[str, float] | None = None) -> _Bound:
    """Bound of an expression, in which some names may stand for numbers."""
    names = {name: _Bound() for name in expression.names} | {k: number(v) for k, v in (values or {}).items()}
    return expression.fold(names, lambda name: lambda inner: inner.within(name), number)


def require_numbers(expression: Expression, values: Mapping[str, float] | None = None) -> None:
    """InputError where a part is no finite number, or coefficients that are multiplied out have too many digits."""
    if not bound_of(expression, values).digits <= DIGITS:
        raise InputError(
            f"equation: its template {expression.text[:60]!r} overflows, divides by zero or is not real; numbers and "
            f"products of them must be of size 1e-{DIGITS} to 1e{DIGITS}."
        )


def fit(expression: Expression, values: Mapping[str, float]) -> bool:
    """Whether all parts without names are finite numbers once these values are filled in."""
    return bound_of(expression, values).digits < inf


def require_terms(expression: Expression) -> None:
    """InputError where a template has too many terms once its products and powers are multiplied out."""
    if bound_of(expression).widest > TERMS:
        raise InputError(
            f"equation: its template {expression.text[:60]!r} has more than {TERMS} terms when it is multiplied out."
        )


_BEYOND = (ArithmeticError, TypeError, NotImplementedError, RecursionError, MemoryError)


class _TooLong(BaseException):
    """The time is over; no ValueError, which SymPy would take for one of its own."""


def bounded_in_time(function: Callable) -> Callable:
    """A function that works with SymPy; InputError where it takes longer than SECONDS, or nests deeper than it can."""

    @functools.wraps(function)
    def bounded(*arguments: object, **options: object) -> object:
        if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
            return function(*arguments, **options)  # signals belong to the main thread; an outer call keeps the time
        before = signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, SECONDS / 10)  # again and again: Python drops it in callbacks
        try:
            return function(*arguments, **options)
        except _TooLong:
            raise InputError(
                f"equation: to simplify and write it takes longer than {SECONDS:g} seconds; use a shorter template."
            ) from None
        except _BEYOND as error:
            found = type(error).__name__
            raise InputError(
                f"equation: SymPy cannot simplify and write it ({found}); use a shorter template."
            ) from error
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    return bounded


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong

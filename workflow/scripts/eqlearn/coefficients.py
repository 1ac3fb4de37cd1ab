"""Coefficients as functions of the parameter: constant, polynomial, or samples with an interpolation rule."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from eqlearn.errors import InputError

VARIABLES = {"p": np.positive, "sqrt(p)": np.sqrt, "log(p)": np.log}
INTERPOLATIONS = ("linear", "pchip")
_ORDER = ("variable", "interpolation", "domain", "grid", "value", "values", "standard_error")


class Coefficient:
    """A function of the parameter that can be written as JSON."""

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        """Value at every parameter, of the same shape."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """The content that ``from_json`` reads."""
        fields = {key: getattr(self, key, None) for key in _ORDER}
        content = {key: value for key, value in fields.items() if value is not None}
        return {"kind": type(self).__name__.lower(), **content}


@dataclass(frozen=True)
class Constant(Coefficient):
    """The same value at every parameter."""

    value: float
    standard_error: float | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        """Value at every parameter, of the same shape."""
        return np.zeros(np.shape(parameter)) + self.value  # of a number a number, which is quicker to go on with


@dataclass(frozen=True)
class Polynomial(Coefficient):
    """Sum of values[k]·variable(p)**k; with a ``domain`` (lowest, highest p), the end values are held outside."""

    values: tuple[float, ...]
    variable: str = "p"
    domain: tuple[float, float] | None = None
    standard_error: tuple[float, ...] | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        """Value at every parameter, of the same shape."""
        inside = parameter if self.domain is None else np.minimum(np.maximum(parameter, self.domain[0]), self.domain[1])
        x = VARIABLES[self.variable](inside)
        return reduce(lambda total, value: total * x + value, reversed(self.values), np.zeros(np.shape(x)))


@dataclass(frozen=True)
class Samples(Coefficient):
    """Values at increasing parameters, interpolated in ``variable``; the end values are held outside."""

    grid: tuple[float, ...]
    values: tuple[float, ...]
    interpolation: str = "linear"
    variable: str = "p"
    standard_error: tuple[float, ...] | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        """Value at every parameter, of the same shape."""
        inside = np.clip(np.asarray(parameter, dtype=float), self.grid[0], self.grid[-1])
        return self._interpolant(VARIABLES[self.variable](inside))

    @cached_property
    def _interpolant(self) -> Callable[[np.ndarray], np.ndarray]:
        nodes = VARIABLES[self.variable](np.asarray(self.grid))
        if self.interpolation == "linear" or nodes.size == 1:
            return lambda inside: np.interp(inside, nodes, self.values)
        return PchipInterpolator(nodes, self.values)


def from_json(name: str, content: Any) -> Coefficient:
    """Coefficient from its JSON object; InputError names the coefficient and the key."""
    kinds = {"constant": Constant, "polynomial": Polynomial, "samples": Samples}
    if not isinstance(content, dict) or content.get("kind") not in tuple(kinds):
        raise InputError(f"coefficient {name}: needs a kind, one of {', '.join(kinds)}.")
    kind = kinds[content["kind"]]
    fields = kind.__dataclass_fields__
    required = {key for key in fields if key in ("value", "values", "grid")}
    if not required <= set(content) or not set(content) <= {"kind", *fields}:
        raise InputError(f"coefficient {name}: a {content['kind']} has the keys {', '.join(fields)}.")
    checked = {key: _checked(f"coefficient {name}: {key}", kind, key, content[key]) for key in fields if key in content}
    coefficient = kind(**checked)
    fault = _fault(coefficient)
    if fault is not None:
        raise InputError(f"coefficient {name}: {fault}.")
    return coefficient


def _fault(coefficient: Coefficient) -> str | None:
    """What is wrong about the lengths and parameter values of a coefficient, or None."""
    match coefficient:
        case Polynomial(variable=variable, domain=tuple(ends)) if len(ends) != 2 or not _increases(ends, variable):
            return f"domain must be (lowest, highest), and {variable} finite on it"
        case Samples(variable=variable, grid=grid) if not _increases(grid, variable, strictly=True):
            return f"grid must increase, and {variable} be finite on it"
        case Samples(grid=grid, values=values) if len(grid) != len(values):
            return f"grid has {len(grid)} numbers, must be as long as values, {len(values)}"
        case Polynomial(standard_error=tuple(errors)) | Samples(standard_error=tuple(errors)):
            size = len(coefficient.values)
            return None if len(errors) == size else f"standard_error must be as long as values, {size}"
    return None


def _increases(parameters: tuple[float, ...], variable: str, strictly: bool = False) -> bool:
    """Whether the parameters increase, and so does the variable, which must exist at all of them."""
    with np.errstate(all="ignore"):
        nodes = VARIABLES[variable](np.asarray(parameters, dtype=float))
    steps = np.diff(nodes)
    return bool(np.isfinite(nodes).all() and (steps > 0 if strictly else steps >= 0).all())


def _checked(place: str, kind: type, key: str, value: Any) -> Any:
    allowed = {"variable": tuple(VARIABLES), "interpolation": INTERPOLATIONS}.get(key)
    if allowed is None:
        found = numbers(place, [value] if kind is Constant else value)
        return found[0] if kind is Constant else found
    if value not in allowed:
        raise InputError(f"{place} is {value!r}, must be one of {', '.join(allowed)}.")
    return value


def numbers(place: str, values: Any, length: int | None = None) -> tuple[float, ...]:
    """A non-empty list of finite numbers as a tuple; InputError names the place."""
    largest = sys.float_info.max
    good = isinstance(values, list) and values and all(type(v) in (int, float) and abs(v) <= largest for v in values)
    if not good or (length is not None and len(values) != length):
        raise InputError(f"{place} must hold {length or 'some'} finite numbers.")
    return tuple(map(float, values))

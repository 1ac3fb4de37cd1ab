"""Coefficients as functions of the parameter: constant, polynomial, or samples with an interpolation rule."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.interpolate import PchipInterpolator

from eqlearn.errors import InputError

VARIABLES = {"p": np.asarray, "sqrt(p)": np.sqrt, "log(p)": np.log}
INTERPOLATIONS = ("linear", "pchip")


class Coefficient(Protocol):
    """A function of the parameter that can be written as JSON."""

    def __call__(self, parameter: np.ndarray) -> np.ndarray: ...

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Constant:
    """The same value at every parameter."""

    value: float
    standard_error: float | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        return np.full(np.shape(parameter), self.value)

    def to_json(self) -> dict[str, Any]:
        return _without_none(kind="constant", value=self.value, standard_error=self.standard_error)


@dataclass(frozen=True)
class Polynomial:
    """Sum of values[k]·variable(p)**k; with a ``domain`` (lowest, highest p), the end values are held outside."""

    values: tuple[float, ...]
    variable: str = "p"
    domain: tuple[float, float] | None = None
    standard_error: tuple[float, ...] | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        inside = parameter if self.domain is None else np.clip(parameter, *self.domain)
        return np.polynomial.polynomial.polyval(VARIABLES[self.variable](inside), self.values)

    def to_json(self) -> dict[str, Any]:
        return _without_none(
            kind="polynomial",
            variable=self.variable,
            domain=self.domain,
            values=self.values,
            standard_error=self.standard_error,
        )


@dataclass(frozen=True)
class Samples:
    """Values at increasing parameters, interpolated in ``variable``; the end values are held outside."""

    grid: tuple[float, ...]
    values: tuple[float, ...]
    interpolation: str = "linear"
    variable: str = "p"
    standard_error: tuple[float, ...] | None = None

    def __call__(self, parameter: np.ndarray) -> np.ndarray:
        transform = VARIABLES[self.variable]
        nodes = transform(np.asarray(self.grid))
        inside = np.clip(transform(np.asarray(parameter, dtype=float)), nodes[0], nodes[-1])
        if self.interpolation == "linear" or nodes.size == 1:
            return np.interp(inside, nodes, self.values)
        return PchipInterpolator(nodes, self.values)(inside)

    def to_json(self) -> dict[str, Any]:
        return _without_none(
            kind="samples",
            variable=self.variable,
            interpolation=self.interpolation,
            grid=self.grid,
            values=self.values,
            standard_error=self.standard_error,
        )


def from_json(name: str, content: Any) -> Coefficient:
    """Coefficient from its JSON object; InputError names the coefficient and the key."""
    kinds = {"constant": Constant, "polynomial": Polynomial, "samples": Samples}
    if not isinstance(content, dict) or content.get("kind") not in kinds:
        raise InputError(f"coefficient {name}: needs a kind, one of {', '.join(kinds)}.")
    kind = kinds[content["kind"]]
    fields = kind.__dataclass_fields__
    required = {key for key in fields if key in ("value", "values", "grid")}
    if not required <= set(content) or not set(content) <= {"kind", *fields}:
        raise InputError(f"coefficient {name}: a {content['kind']} has the keys {', '.join(fields)}.")
    checked = {key: _checked(f"coefficient {name}: {key}", kind, key, content[key]) for key in fields if key in content}
    if kind is Polynomial and "domain" in checked and not _is_range(checked["domain"]):
        raise InputError(f"coefficient {name}: domain must be (lowest, highest).")
    if kind is Samples and (len(checked["grid"]) != len(checked["values"]) or np.any(np.diff(checked["grid"]) <= 0)):
        raise InputError(f"coefficient {name}: grid must increase and be as long as values.")
    return kind(**checked)


def _is_range(domain: tuple[float, ...]) -> bool:
    return len(domain) == 2 and domain[0] <= domain[1]


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
    good = isinstance(values, list) and values and all(type(v) in (int, float) and np.isfinite(v) for v in values)
    if not good or (length is not None and len(values) != length):
        raise InputError(f"{place} must hold {length or 'some'} finite numbers.")
    return tuple(map(float, values))


def _without_none(**content: Any) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value is not None}

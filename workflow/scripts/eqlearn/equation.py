"""The one output shape: an equation whose structure is fixed while its coefficients depend on the parameter."""

import dataclasses
import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from eqlearn import coefficients as kinds
from eqlearn.coefficients import Coefficient
from eqlearn.errors import InputError
from eqlearn.expression import FUNCTIONS, Expression
from eqlearn.files import read_json, write_text
from eqlearn.names import LONGEST, hint_of, normal, require_printable, shown
from eqlearn.verdict import Verdict
from eqlearn.verdict import from_json as verdict_from_json

SYMBOL = "p"
_KEYS = ("status", "reason", "target", "template", "features", "parameter", "coefficients", "valid_range")
_KEYS += ("verdict", "provenance")


@dataclass(frozen=True)
class Equation:
    """target = template(features, p, coefficients(p)).

    Attributes
    ----------
    template: expression over the features, the parameter symbol ``p`` and the named coefficients;
        None where ``status`` is 'unread' (a network that fits, but of which no equation could be read).
    features: names of the features, such as ('C',).
    parameter: name of the parameter; ``valid_range`` its (lowest, highest) value seen in learning, or None.
    target: what the equation gives, such as 'dC/dt'.
    coefficients: by name, each a function of the parameter.
    provenance: learner, settings, dataset digest, code digest, seed, versions.
    reason: why the status is 'unread'.
    verdict: whether data support the equation; None where nobody asked (a theory, an older file).

    Raises InputError when names are missing, unknown or not identifiers.
    """

    template: str | None
    features: tuple[str, ...]
    parameter: str
    target: str
    coefficients: Mapping[str, Coefficient]
    valid_range: tuple[float, float] | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    status: str = "read"
    reason: str | None = None
    verdict: Verdict | None = None

    def __post_init__(self) -> None:
        _validate(self)

    @cached_property
    def expression(self) -> Expression:
        """The parsed template; InputError for an equation that could not be read."""
        if self.template is None:
            raise InputError(f"equation: has no template, because its status is 'unread' ({self.reason}).")
        return Expression(self.template)

    def coefficients_at(self, parameter: np.ndarray | float) -> dict[str, np.ndarray]:
        """Value of every coefficient, each of the parameter's shape."""
        return {name: coefficient(np.asarray(parameter, float)) for name, coefficient in self.coefficients.items()}

    def evaluate(self, features: Mapping[str, Any], parameter: np.ndarray | float) -> np.ndarray:
        """Value of the target; features and parameter are broadcast against each other."""
        given = {name: np.asarray(feature, float) for name, feature in features.items()}
        values = {**given, SYMBOL: np.asarray(parameter, float), **self.coefficients_at(parameter)}
        shape = np.broadcast_shapes(*(np.shape(value) for value in values.values()))
        return np.broadcast_to(self.expression.evaluate(values), shape).astype(float)

    def with_coefficients(self, coefficients: Mapping[str, Coefficient]) -> "Equation":
        """The same structure with other coefficients, on which there is no verdict yet."""
        return dataclasses.replace(self, coefficients=dict(coefficients), verdict=None)


def _validate(equation: Equation) -> None:
    if equation.status not in ("read", "unread"):
        raise InputError(f"equation: status is {equation.status!r}, must be 'read' or 'unread'.")
    if equation.status == "unread" and (equation.template is not None or not equation.reason):
        raise InputError("equation: status 'unread' needs a reason and no template.")
    if equation.status == "read" and equation.template is None:
        raise InputError("equation: status 'read' needs a template.")
    given = [*equation.features, *equation.coefficients]
    bad = [name for name in given if not is_name(name) or given.count(name) > 1]
    if bad:
        raise InputError(
            f"equation: name {shown(repr(bad[0]))} is reserved, repeated or no identifier{hint_of(bad[0])}."
        )
    for text in (equation.target, equation.parameter):
        require_printable("equation", text)
    if equation.status == "read":
        unknown = equation.expression.names - {SYMBOL, *given}
        unused = set(equation.coefficients) - equation.expression.names
        if unknown or unused:
            raise InputError(f"equation: template and names disagree about {', '.join(sorted(unknown | unused))}.")
    if equation.valid_range is not None and not equation.valid_range[0] <= equation.valid_range[1]:
        raise InputError(f"equation: valid_range {equation.valid_range} must be (lowest, highest).")


def is_name(name: Any) -> bool:
    """Whether features and coefficients may be called so: as the parser of expressions reads it, and not for pages."""
    good = isinstance(name, str) and name.isidentifier() and normal(name) == name and len(name) <= LONGEST
    return good and not keyword.iskeyword(name) and name not in (SYMBOL, *FUNCTIONS)


def write_equation(equation: Equation, path: str | Path) -> None:
    """Write JSON for people: one key a line, numbers without loss."""
    content = {key: getattr(equation, key) for key in _KEYS}
    content["coefficients"] = {name: c.to_json() for name, c in equation.coefficients.items()}
    content["verdict"] = equation.verdict and equation.verdict.to_json()
    content = {key: value for key, value in content.items() if value is not None}
    write_text(path, json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n")


def read_equation(path: str | Path) -> Equation:
    """Read and validate; InputError names the file and what is wrong."""
    content = read_json(path)
    try:
        return _from_json(content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _from_json(content: dict[str, Any]) -> Equation:
    unknown, missing = set(content) - set(_KEYS), {"status", "target", "features", "parameter"} - set(content)
    if unknown:
        raise InputError(f"equation: key {min(unknown)!r} is unknown, must be one of {', '.join(_KEYS)}.")
    if missing:
        raise InputError(f"equation: key {min(missing)!r} is missing.")
    types = {"status": str, "reason": str, "target": str, "template": str, "features": list, "parameter": str}
    types |= {"coefficients": dict, "valid_range": list, "verdict": dict, "provenance": dict}
    for key, value in content.items():
        if not isinstance(value, types[key]):
            raise InputError(f"equation: {key} is a {type(value).__name__}, must be a {types[key].__name__}.")
    if "valid_range" in content:
        content["valid_range"] = kinds.numbers("valid_range", content["valid_range"], length=2)
    if "verdict" in content:
        content["verdict"] = verdict_from_json(content["verdict"])
    content["features"] = tuple(content["features"])
    named = {str(name): kinds.from_json(name, item) for name, item in content.get("coefficients", {}).items()}
    return Equation(**{"template": None, **content, "coefficients": named})

"""The configuration, checked against closed schemas; every fault is told in one sentence."""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_TYPES = {
    "string": "text",
    "number": "a finite number",
    "integer": "a whole number",
    "array": "a list",
    "object": "a mapping of keys",
    "boolean": "true or false",
    "null": "null",
}


def _is_number(_checker: object, value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


# JSON calls 20.0 an integer; a count in a configuration is written 20.
_CHECKER = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number)
_CHECKER = _CHECKER.redefine("integer", lambda _checker, value: type(value) is int)
_Validator = validators.extend(Draft202012Validator, type_checker=_CHECKER)


MAX_VALUES, MAX_DEPTH = 100_000, 60  # of a configuration, once anchors are filled in


class ConfigurationError(ValueError):
    """A key of the configuration is not what it must be; the message is one sentence for a person."""


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema by its file name without ending."""
    return yaml.safe_load((_SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def study_kinds() -> list[str]:
    """The kinds of study that have a schema."""
    return sorted(path.name.split(".")[0].removeprefix("study_") for path in _SCHEMAS.glob("study_*.schema.yaml"))


def check(config: dict[str, Any]) -> None:
    """Raise ConfigurationError for the first fault: unknown key, wrong type, value out of range."""
    _check_part(config, "config", ())
    for name, study in config["studies"].items():
        place = ("studies", name)
        if study["kind"] not in study_kinds():
            raise ConfigurationError(_sentence((*place, "kind"), study["kind"], f"one of {', '.join(study_kinds())}"))
        _check_part(study, f"study_{study['kind']}", place)
    if config["run"] == "record":
        raise ConfigurationError("config key 'run': is 'record', where measured tables are kept; choose another.")
    standing = [name for name in config["published"].values() if name is not None]
    for key, names in (("build", config["build"]), ("published", standing)):
        for name in names:
            if name not in config["studies"]:
                raise ConfigurationError(
                    f"config key '{key}': {name!r} is no study; {_nearest(name, config['studies'])}."
                )


def _check_part(part: dict[str, Any], name: str, place: tuple) -> None:
    parts = [(part, DRAFT202012.create_resource(schema(part))) for part in ("shared", "network")]
    validator = _Validator(schema(name), registry=Registry().with_resources(parts))
    error = best_match(validator.iter_errors(part))
    if error is not None:
        raise ConfigurationError(_translate(error, (*place, *error.absolute_path)))


def _translate(error: ValidationError, place: tuple) -> str:
    rule, limit, found = error.validator, error.validator_value, error.instance
    match rule:
        case "additionalProperties" | "unevaluatedProperties":
            allowed = list(error.schema.get("properties", {}))
            unknown = next(key for key in found if key not in allowed)
            return f"config key '{_dotted((*place, unknown))}': is unknown; {_nearest(unknown, allowed)}."
        case "required":
            missing = next(key for key in limit if key not in found)
            return f"config key '{_dotted((*place, missing))}': is missing."
        case "type":
            return _sentence(place, found, " or ".join(_TYPES[kind] for kind in _listed(limit)))
        case "enum" | "const":
            return f"config key '{_dotted(place)}': is {_shown(found)}; {_nearest(found, _listed(limit))}."
    expected = {
        "minimum": f"at least {limit}",
        "maximum": f"at most {limit}",
        "exclusiveMinimum": f"above {limit}",
        "minItems": f"a list of at least {limit}",
        "maxItems": f"a list of at most {limit}",
        "minProperties": f"a mapping of at least {limit} keys",
        "multipleOf": f"a multiple of {limit}",
        "uniqueItems": "a list without repeats",
        "pattern": f"text that matches {limit}",
    }
    return _sentence(place, found, expected.get(rule, f"valid under '{rule}: {limit}'"))


def _sentence(place: Iterable, found: Any, allowed: str) -> str:
    return f"config key '{_dotted(place)}': is {_shown(found)}, must be {allowed}."


def _shown(found: Any) -> str:
    return repr(found) if len(repr(found)) <= 60 else repr(found)[:57] + "..."


def _listed(limit: Any) -> list:
    return limit if isinstance(limit, list) else [limit]


def _nearest(word: Any, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    close = get_close_matches(str(word), allowed, n=1, cutoff=0.4)
    return (
        f"did you mean {close[0]!r}? Allowed: {', '.join(map(str, allowed))}"
        if close
        else f"allowed: {', '.join(map(str, allowed))}"
    )


def _dotted(place: Iterable) -> str:
    return ".".join(repr(str(part))[1:-1] for part in place)  # a key may hold a line break

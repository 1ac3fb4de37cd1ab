"""The configuration, checked against closed schemas; every fault is told in one sentence."""

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
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


_LARGEST, _SMALLEST = 1e100, 1e-100  # of numbers
_LONGEST_NAME = 200  # bytes; file names of 255, with what is put before and behind


def _is_number(_checker: object, value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _unique(_validator: Any, wanted: bool, found: Any, _schema: dict) -> Iterator[ValidationError]:
    """In place of the validator's own, which compares every item with every other."""
    if wanted and isinstance(found, list) and len(set(map(_identity, found))) < len(found):
        yield ValidationError("repeats")


def _identity(item: Any) -> str:
    number = type(item) is int or (type(item) is float and item == item)
    return json.dumps(float(item) if number else item, sort_keys=True, default=repr)


# JSON calls 20.0 an integer; a count in a configuration is written 20.
_CHECKER = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number)
_CHECKER = _CHECKER.redefine("integer", lambda _checker, value: type(value) is int)
_Validator = validators.extend(Draft202012Validator, {"uniqueItems": _unique}, type_checker=_CHECKER)


MAX_VALUES, MAX_DEPTH = 100_000, 60  # of a configuration, once anchors are filled in


class ConfigurationError(ValueError):
    """A key of the configuration, or where a run takes place, is not what it must be; one sentence for a person."""


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema by its file name without ending."""
    return yaml.safe_load((_SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def study_kinds() -> list[str]:
    """The kinds of study that have a schema."""
    return sorted(path.name.split(".")[0].removeprefix("study_") for path in _SCHEMAS.glob("study_*.schema.yaml"))


def check(config: dict[str, Any]) -> None:
    """Raise ConfigurationError for the first fault: unknown key, wrong type, value out of range; then fill in the keys
    of every study that have a default."""
    from defaults import completed  # it needs this module's error

    _require_plain(config)
    _check_part(config, "config", ())
    for name, study in config["studies"].items():
        place = ("studies", name)
        if study["kind"] not in study_kinds():
            raise ConfigurationError(_sentence((*place, "kind"), study["kind"], f"one of {', '.join(study_kinds())}"))
        _check_part(study, f"study_{study['kind']}", place)
    if config["run"].casefold() == "record":
        raise ConfigurationError(
            f"config key 'run': is {config['run']!r}, where measured tables are kept; choose another."
        )
    standing = [name for name in config["published"].values() if name is not None]
    for key, names in (("build", config["build"]), ("published", standing)):
        for name in names:
            if name not in config["studies"]:
                raise ConfigurationError(
                    f"config key '{key}': {name!r} is no study; {_nearest(name, config['studies'])}."
                )
    for name in config["build"]:
        config["studies"][name] = completed(f"studies.{name}", config["studies"][name])


def _require_plain(config: Any) -> None:
    """Refuse what is too large or deep, keys that are no text, and texts and numbers that nothing can be made of."""
    waiting, number = [(config, ())], 0
    while waiting:
        (value, place), number = waiting.pop(), number + 1
        if number > MAX_VALUES or len(place) > MAX_DEPTH:
            raise ConfigurationError(
                f"config key '{_dotted(place[:6])}': holds more than {MAX_VALUES} values or {MAX_DEPTH} levels."
            )
        if isinstance(value, dict):
            for key in value:
                _require_text((*place, key), key, "a key is")
            waiting += [(item, (*place, key)) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(item, (*place, index)) for index, item in reversed(list(enumerate(value)))]
        elif isinstance(value, str):
            _require_text(place, value, "is")
        elif type(value) in (int, float) and not (value == 0 or _SMALLEST <= abs(value) <= _LARGEST):
            allowed = f"a finite number, 0 or of a size from {_SMALLEST:g} to {_LARGEST:g}"
            raise ConfigurationError(_sentence(place, value, allowed))


def _require_text(place: tuple, found: Any, verb: str) -> None:
    """Refuse what is no text, and characters that neither a file name nor a figure can hold."""
    odd = [c for c in found if _is_odd(c)] if isinstance(found, str) else []
    if odd or not isinstance(found, str):
        has = f"holds {odd[0]!a}" if odd else f"{verb} {_shown(found)}"
        raise ConfigurationError(
            f"config key '{_dotted(place)}': {has}, must be text of characters that can be printed."
        )


def _is_odd(character: str) -> bool:
    """Control characters but tab and line break, surrogates, separators of lines, and what is no character."""
    kind = unicodedata.category(character)
    return character not in "\t\n" and (kind in ("Cc", "Cs", "Zl", "Zp") or ord(character) & 0xFFFE == 0xFFFE)


def require_short(key: str, names: Iterable[str]) -> None:
    """Refuse names of datasets that a file could not be called by."""
    for name in names:
        if len(name.encode()) > _LONGEST_NAME:
            raise ConfigurationError(
                f"config key '{key}': makes a dataset whose name has {len(name.encode())} characters, at most "
                f"{_LONGEST_NAME} are allowed; shorten the names or the numbers in it."
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
        "minLength": f"text of at least {limit} characters",
        "maxLength": f"text of at most {limit} characters",
        "minItems": f"a list of at least {limit}",
        "maxItems": f"a list of at most {limit}",
        "minProperties": f"a mapping of at least {limit} keys",
        "multipleOf": f"a multiple of {limit}",
        "uniqueItems": "a list without repeats",
        "pattern": error.schema.get("$comment", f"text that matches {limit}"),
    }
    return _sentence(place, found, expected.get(rule, f"valid under '{rule}: {limit}'"))


def _sentence(place: Iterable, found: Any, allowed: str) -> str:
    return f"config key '{_dotted(place)}': is {_shown(found)}, must be {allowed}."


def _shown(found: Any) -> str:
    return shortened(repr(found))


def shortened(text: str, length: int = 60) -> str:
    """A text, or its beginning where it is longer."""
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _listed(limit: Any) -> list:
    return limit if isinstance(limit, list) else [limit]


def _nearest(word: Any, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    close = get_close_matches(str(word)[:60], allowed, n=1, cutoff=0.4)
    return (
        f"did you mean {close[0]!r}? Allowed: {', '.join(map(str, allowed))}"
        if close
        else f"allowed: {', '.join(map(str, allowed))}"
    )


def _dotted(place: Iterable) -> str:
    return ".".join(shortened(repr(str(part))[1:-1]) for part in place)  # a key may hold a line break

"""Files of configuration, read strictly: what YAML and JSON settle in silence is refused in one sentence.

Repeated keys (the last would win), plain text that YAML 1.1 reads as something else than it looks like (010 is 8, no
is false, 1:30 is 90), tags and templates that make objects or run Python, and files that are small on disk only.
"""

import json
import re
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from configuration import MAX_DEPTH, MAX_VALUES, ConfigurationError

MAX_BYTES = 1_000_000
TEMPLATES = "__use_yte__"  # at the top level of a file it makes Snakemake run the Python that stands in it

# What is read as a number or a truth value, and looks like it; of plain texts, those that look like a number.
_PLAIN = {
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    "float": re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "null": re.compile(r"~|null|Null|NULL|"),
}
_NUMBERLIKE = re.compile(r"[-+]?(0[xob][0-9a-fA-F_]+|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)")
_DIGITS = 40


def read(path: str | Path) -> dict[str, Any]:
    """The keys of a file. Raises ConfigurationError, which names file and line or key."""
    text = _text(path)
    try:
        content = json.loads(
            text, object_pairs_hook=lambda pairs: _without_repeats(path, pairs), parse_int=lambda n: _whole(path, n)
        )
    except json.JSONDecodeError:  # as Snakemake has it: what is no JSON is YAML
        content = from_yaml(text, str(path))
    except RecursionError:
        raise ConfigurationError(f"{path}: is nested deeper than {MAX_DEPTH} levels.") from None
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: must hold keys and their values, as in 'run: mine'.")
    return content


def check_sources(files: Iterable[str | Path], settings: Iterable[str] | None) -> None:
    """Read every file of a run, and its settings KEY=VALUE on the command line. Raises ConfigurationError."""
    for file in files:
        read(file)
    given: set[str] = set()
    for key, _, value in (setting.partition("=") for setting in settings or ()):
        if key in given:
            raise ConfigurationError(f"--config {key}=...: is given twice; keep one.")
        given.add(key)
        from_yaml(value, f"--config {key}=...")


def _text(path: str | Path) -> str:
    path = Path(path)
    if not path.is_file():
        found = "is no regular file" if path.exists() else "there is no such file"
        raise ConfigurationError(f"{path}: {found}, must be a configuration in YAML or JSON.")
    if path.stat().st_size > MAX_BYTES:
        raise ConfigurationError(f"{path}: has {path.stat().st_size} bytes, a configuration has {MAX_BYTES} at most.")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeError:
        raise ConfigurationError(f"{path}: is no UTF-8 text.") from None


def _without_repeats(path: str | Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if TEMPLATES in content:
        raise ConfigurationError(_no_templates(str(path)))
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ConfigurationError(f"{path}: the key {max(keys, key=keys.count)!r} is given twice; keep one.")
    return content


def _whole(path: str | Path, digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ConfigurationError(f"{path}: has a number of {len(digits)} digits, {_DIGITS} are allowed.")
    return int(digits)


def _no_templates(place: str) -> str:
    return f"{place}: {TEMPLATES!r} would run Python that stands in a configuration; write the values themselves."


def from_yaml(text: str, place: str, literal: bool = True) -> Any:
    """The content of a YAML text; ``place`` begins every message. ``literal``: plain texts must be what they look like.

    Raises ConfigurationError.
    """
    try:
        _require_modest(text, place)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        for each, keys in _nodes(node):
            if isinstance(each, yaml.MappingNode):
                _require_distinct(each, keys, place)
            elif literal and isinstance(each, yaml.ScalarNode) and each.style is None:
                _require_literal(each, keys, place, loader)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}: line {mark.line + 1}" if mark else place
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it ends too soon"
        raise ConfigurationError(f"{where}: cannot be read as YAML ({_one_line(reason)}).") from None


def _one_line(text: Any) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(str(text).split()))


def _require_modest(text: str, place: str) -> None:
    """Refuse, before anything is made of it, what has tags or templates, or is too large once its anchors are filled
    in. Events are read one by one, so that neither depth nor number can do harm."""
    sizes: dict[str, int] = {}
    stack: list[tuple[int, str | None]] = [(0, None)]
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = f"{place}: line {event.start_mark.line + 1}"
        if getattr(event, "tag", None) is not None:
            raise ConfigurationError(f"{line}: has the tag {event.tag!r}; values must stand without one.")
        if getattr(event, "value", None) == TEMPLATES:
            raise ConfigurationError(_no_templates(line))
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((1, event.anchor))
        elif isinstance(event, yaml.NodeEvent):
            size = _size(event, sizes, [anchor for _, anchor in stack])
            sizes |= {event.anchor: size} if event.anchor else {}
            stack[-1] = (stack[-1][0] + size, stack[-1][1])
        elif isinstance(event, yaml.CollectionEndEvent):
            size, anchor = stack.pop()
            sizes |= {anchor: size} if anchor else {}
            stack[-1] = (stack[-1][0] + size, stack[-1][1])
        if len(stack) > MAX_DEPTH:
            raise ConfigurationError(f"{line}: is nested deeper than {MAX_DEPTH} levels.")
        if stack[-1][0] > MAX_VALUES:
            raise ConfigurationError(
                f"{line}: holds more than {MAX_VALUES} values once its anchors are filled in, or is part of itself."
            )


def _size(event: yaml.NodeEvent, sizes: dict[str, int], around: list[str | None]) -> int:
    """Values that a scalar or an alias stands for; too many where it is part of itself."""
    if not isinstance(event, yaml.AliasEvent):
        return 1
    return MAX_VALUES + 1 if event.anchor in around else sizes.get(event.anchor, 1)


def _nodes(root: yaml.Node) -> Iterator[tuple[yaml.Node, tuple[str, ...]]]:
    """Every node once, with the keys that lead to it."""
    waiting, seen = [(root, ())], set()
    while waiting:
        node, keys = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node, keys
        if isinstance(node, yaml.MappingNode):
            waiting += [(value, (*keys, str(key.value))) for key, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(item, (*keys, str(place))) for place, item in reversed(list(enumerate(node.value)))]


def _require_distinct(node: yaml.MappingNode, keys: tuple[str, ...], place: str) -> None:
    """A mapping whose keys are texts that differ."""
    lines: dict[Hashable, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or _kind(key) not in ("str", "merge"):
            found = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a list or mapping"
            raise ConfigurationError(
                f"{place}: line {line}: {found} is the key of a value, must be text; write it in quotes."
            )
        if key.value in lines:
            name = _one_line(".".join((*keys, key.value)))
            raise ConfigurationError(
                f"{place}: lines {lines[key.value]} and {line} both give the key '{name}'; keep one."
            )
        lines[key.value] = line


def _kind(node: yaml.ScalarNode) -> str:
    return node.tag.rpartition(":")[2]


def _require_literal(node: yaml.ScalarNode, keys: tuple[str, ...], place: str, loader: yaml.SafeLoader) -> None:
    """A plain text that YAML reads as what it looks like to a person."""
    kind, text = _kind(node), node.value
    looks = not _NUMBERLIKE.fullmatch(text) if kind == "str" else kind in _PLAIN and _PLAIN[kind].fullmatch(text)
    where = f"{place}: line {node.start_mark.line + 1}, key '{_one_line('.'.join(keys))}'"
    if sum(map(str.isdigit, text)) > _DIGITS and kind in ("int", "float"):
        raise ConfigurationError(f"{where}: has a number of {len(text)} digits, {_DIGITS} are allowed.")
    if not looks:
        raise ConfigurationError(
            f"{where}: {text} is {_meaning(node, loader)} to YAML; write numbers as 8 or 1.0e-5, truth as true or "
            "false, and text in quotes."
        )


def _meaning(node: yaml.ScalarNode, loader: yaml.SafeLoader) -> str:
    if _kind(node) in ("str", "timestamp"):
        return {"str": "text", "timestamp": "a date"}[_kind(node)]
    try:
        value = loader.construct_object(node)
    except (yaml.YAMLError, ValueError):  # a date that does not exist
        return "no value"
    return str(value).lower() if isinstance(value, bool) else str(value)

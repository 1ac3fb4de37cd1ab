"""Files that are complete or absent, and canonical JSON."""

import glob
import hashlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eqlearn.errors import InputError

LONGEST_NUMBER = 1000  # digits; those of any number in double precision are fewer


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; rename it to ``path`` at the end, or delete it on any error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: image and archive writers choose the format by it.
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    for left_behind in path.parent.glob(f".{glob.escape(path.stem)}.*.part{glob.escape(path.suffix)}"):
        left_behind.unlink(missing_ok=True)  # by a process that was killed
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, completely or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def read_json(path: str | Path) -> dict:
    """Read a JSON object; InputError names the file where it is none, repeats a key or holds NaN or infinity."""
    rules = {"parse_constant": _finite, "parse_float": _finite, "parse_int": _whole}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_without_repeats, **rules)
        canonical_json(content).encode()  # ValueError for half a character, which can be escaped but not written
    except (OSError, ValueError, RecursionError) as error:
        found = "half a character" if isinstance(error, UnicodeEncodeError) else ascii(str(error))[1:-1]
        raise InputError(f"{path}: cannot be read as JSON, or is truncated ({found}).") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: holds a JSON {type(content).__name__}, must be an object.")
    return content


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"{text} is no finite number")
    return float(text)


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has {len(text)} digits, at most {LONGEST_NUMBER} are read")
    return int(text)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {max(keys, key=keys.count)!r} is repeated")
    return content


def canonical_json(content: object) -> str:
    """One text for one content: sorted keys, no spaces, no NaN."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(content: object) -> str:
    """SHA-256 of the canonical JSON, 16 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:16]

"""Where a run takes place: faults of its folders are told before anything starts."""

import os
import re
import unicodedata
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from configuration import ConfigurationError

# Snakemake hands paths to a shell and to its own patterns of file names, and not every time in quotes.
_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./~-]")
LOCK_VARIABLE = "EQLEARN_JOBS_LOCK"


def check(*folders: Path) -> None:
    """Refuse folders, of the project and the working directory, in which jobs would fail or a shell be misled, and a
    working directory that Snakemake cannot keep its records in. Raises ConfigurationError."""
    for folder in folders:
        _require_plain(folder)
    require_writable(Path(".snakemake"), "Snakemake's records")


def require_writable(folder: Path, what: str) -> None:
    """Make a folder that holds ``what``; ConfigurationError where it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "permission denied"
    except FileExistsError:
        reason = "it is a file"
    except OSError as error:
        reason = error.strerror or "it cannot be made"
    if reason:
        raise ConfigurationError(f"{folder}: is needed as a folder for {what} ({reason}).")


def _require_plain(folder: Path) -> None:
    text = str(folder)
    odd = [character for character in text if not _is_plain(character)]
    if odd or text.startswith("~") or "/~" in text or "/-" in text:
        found = ascii(odd[0]) if odd else "a part that begins with ~ or -"
        raise ConfigurationError(
            f"folder {text!a}: has {found} in its path; rename or move it, allowed are letters, digits and "
            "@ % + = : , . - _ between them."
        )


def _is_plain(character: str) -> bool:
    """Letters of all alphabets are; blanks, control characters and what is no character are not."""
    return bool(_SAFE.fullmatch(character)) if character.isascii() else unicodedata.category(character)[0] not in "ZC"


def own_package_first(scripts: Path, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let jobs import the package beside the scripts, whatever PYTHONPATH or an installation has by its name: Snakemake
    puts the folder of a script last."""
    others = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part and part != str(scripts)]
    environment["PYTHONPATH"] = os.pathsep.join([str(scripts), *others])


def forget_stale_lock(environment: MutableMapping[str, str] = os.environ) -> None:
    """Drop a lock that a shell has kept from elsewhere; that of ``launch.py`` lies in the working directory."""
    if not _is_here(environment):
        environment.pop(LOCK_VARIABLE, None)


def _is_here(environment: Mapping[str, str]) -> bool:
    path = environment.get(LOCK_VARIABLE)
    return bool(path) and Path(path).parent == Path.cwd() / ".snakemake" and Path(path).is_file()

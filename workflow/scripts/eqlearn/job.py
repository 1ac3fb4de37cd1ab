"""What surrounds the work of every script: log, one-sentence errors, and a sign of life for a restarted run."""

import contextlib
import fcntl
import importlib
import os
import resource
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from eqlearn.errors import InputError

LOCK_VARIABLE = "EQLEARN_JOBS_LOCK"


@contextlib.contextmanager
def logged_to(log: str | Path, script: str | Path) -> Iterator[None]:
    """Send the output of a script to its log; show a person an InputError as one sentence, and exit with 1.

    Ends with a sentence when another installation of eqlearn shadows the one beside ``script``: Snakemake appends
    the folder of the script to sys.path, so an installed copy would silently win.
    """
    used, own = Path(importlib.import_module("eqlearn").__file__).parent, Path(script).parent / "eqlearn"
    if used.resolve() != own.resolve():
        raise SystemExit(f"Error: eqlearn is imported from {used}, not from {own}; uninstall it or install with -e.")
    started = _cpu_seconds()
    with _alive(), _streams_to(log) as terminal:
        try:
            yield
            print(f"CPU seconds: {_cpu_seconds():.3f}, of which start and imports: {started:.3f}", flush=True)
        except InputError as error:
            traceback.print_exc()
            print(f"Error: {error}", file=terminal, flush=True)
            raise SystemExit(1) from None


def _cpu_seconds() -> float:
    """CPU time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def _alive() -> Iterator[None]:
    """Hold a shared lock, so that a restarted run can wait for the jobs that a killed one has left behind."""
    path = os.environ.get(LOCK_VARIABLE)
    with contextlib.ExitStack() as held:
        # A variable that a shell kept from elsewhere, or a file system without locks: restarts then cannot wait.
        with contextlib.suppress(OSError):
            if path:
                fcntl.flock(held.enter_context(Path(path).open("a")), fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def _streams_to(log: str | Path) -> Iterator[object]:
    """Redirect standard output and error, compiled code included, to the log; yield the terminal."""
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    saved = os.dup(2)
    with Path(log).open("w", buffering=1) as file, os.fdopen(saved, "w") as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

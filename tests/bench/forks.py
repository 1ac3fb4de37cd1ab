"""Functions in processes of their own, forked from one that has loaded the libraries, with limits."""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

MEMORY = 16 << 30  # bytes of address space


class EndedError(Exception):
    """The process ended before its function: killed by a limit, or crashed."""


def forked(work: Callable[[], object], seconds: float, log: Path) -> object:
    """What a function returns, by way of JSON; what it prints goes to the log.

    EndedError after so many CPU seconds, or, asleep, sixty times as many by the clock.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _limited(work, write, int(seconds) + 1, log)
    os.close(write)
    ended = os.pidfd_open(child)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read() if select.select([pipe, ended], [], [], 60 * seconds)[0] else b""
    select.select([ended], [], [], 1.0 if text else 0.0)
    os.killpg(child, signal.SIGKILL)  # with all that it started
    status = os.waitpid(child, 0)[1]
    os.close(ended)
    if text:
        return json.loads(text)
    number = os.WTERMSIG(status)
    raise EndedError("time limit" if number in (signal.SIGKILL, signal.SIGXCPU, 0) else signal.Signals(number).name)


def end_with_parent() -> None:
    """Have this process killed when its parent has ended (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _limited(work: Callable[[], object], write: int, seconds: int, log: Path) -> None:
    try:
        os.setsid()
        end_with_parent()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        with os.fdopen(write, "w") as pipe:
            pipe.write(json.dumps(work()))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

"""Jobs of a killed run that Slurm still keeps."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from configuration import ConfigurationError

PATIENCE = 60.0  # seconds until a command must have answered
_JOB = re.compile(r"(\d+(?:[_+]\S+)?)\|([^|]*)\|(.*)")


def cancel_jobs(needed: bool) -> None:
    """Cancel what Slurm keeps of a killed run: jobs of rules in this folder, where no other run is alive.

    Where Slurm does not tell, a run that ``needs`` it is refused, another one warned.
    """
    if shutil.which("squeue") is None:
        return
    try:
        listing = _slurm("squeue", "--me", "--noheader", "--format", "%i|%Z|%k")
        jobs = [_fields(line) for line in listing.splitlines() if line.strip()]
        left = [job for job, place, comment in jobs if Path(place) == Path.cwd() and comment.startswith("rule_")]
        if left:
            print(f"Cancelling {len(left)} Slurm jobs that a killed run has left behind ...", flush=True)
            _slurm("scancel", *left)
    except ConfigurationError as error:
        if needed:
            raise
        print(f"Warning: {error}", file=sys.stderr, flush=True)


def _slurm(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = f"no answer in {PATIENCE:g} s" if isinstance(error, subprocess.TimeoutExpired) else error.strerror
        raise ConfigurationError(_unknown_jobs(command[0], str(reason))) from None
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
        raise ConfigurationError(_unknown_jobs(command[0], lines[0]))
    return done.stdout


def _fields(line: str) -> tuple[str, ...]:
    """Number, folder and comment of a job."""
    found = _JOB.fullmatch(line.strip())
    if found is None:
        raise ConfigurationError(_unknown_jobs("squeue", line.strip()))
    return found.groups()


def _unknown_jobs(command: str, reason: str) -> str:
    return (
        f"{command} fails ({reason[:200]}), so jobs of a killed run in Slurm's queue would not be noticed; look there."
    )

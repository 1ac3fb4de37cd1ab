"""Run Snakemake in this folder, one run at a time, and go on after a killed one by the same command.

Snakemake's own lock survives a SIGKILL and then stops a plain restart, so a lock that the kernel releases takes
its place: it is inherited by Snakemake itself, not by its jobs. Jobs hold a second lock, shared; a restart waits
until none of the jobs that a killed run has left behind is still writing; those that Slurm still keeps are cancelled,
since a job that waits in its queue would write later what the restarted run has made meanwhile.

    python workflow/launch.py [snakemake options]
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

JOBS_VARIABLE = "EQLEARN_JOBS_LOCK"
GRACE = 5.0  # seconds; start and imports of a job take one or two


def main(options: list[str]) -> int:
    """Take the locks, then become Snakemake."""
    folder = Path.cwd() / ".snakemake"
    folder.mkdir(exist_ok=True)
    run = os.open(folder / "eqlearn.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(run, 20).decode().strip() or "unknown"
        message = f"Error: another run (process {holder}) is at work in this folder; wait for it or stop it first."
        print(message, file=sys.stderr)
        return 1
    os.ftruncate(run, 0)
    os.write(run, str(os.getpid()).encode())
    os.set_inheritable(run, True)
    jobs = folder / "eqlearn-jobs.lock"
    if not {"-n", "--dry-run", "--dryrun"} & set(options):
        cancel_jobs()
    wait_for_jobs(jobs)
    os.environ[JOBS_VARIABLE] = str(jobs)
    command = [sys.executable, "-m", "snakemake", "--nolock", "--rerun-incomplete", *options]
    os.execv(sys.executable, command)


def cancel_jobs() -> None:
    """Cancel what Slurm keeps of a killed run: jobs of rules in this folder, where no other run is alive."""
    if shutil.which("squeue") is None:
        return
    listing = subprocess.run(
        ["squeue", "--me", "--noheader", "--format", "%i|%Z|%k"], capture_output=True, text=True, check=False
    )
    jobs = [line.split("|", 2) for line in listing.stdout.splitlines()]
    left = [job for job, place, comment in jobs if Path(place) == Path.cwd() and comment.startswith("rule_")]
    if left:
        print(f"Cancelling {len(left)} Slurm jobs that a killed run has left behind ...", flush=True)
        subprocess.run(["scancel", *left], check=False)


def wait_for_jobs(path: Path) -> None:
    """Return when no job holds the shared lock; a job that has just been started needs a moment to take it."""
    if any((path.parent / "incomplete").glob("*")):
        time.sleep(GRACE)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for jobs that a killed run has left behind ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

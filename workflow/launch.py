"""Run Snakemake in this folder, one run at a time, and go on after a killed one by the same command.

Snakemake's own lock survives a SIGKILL and then stops a plain restart, so a lock that the kernel releases takes
its place: it is held by Snakemake itself, not by its jobs. Jobs hold a second lock, shared; a restart waits
until none of the jobs that a killed run has left behind is still writing; those that Slurm still keeps are cancelled,
since a job that waits in its queue would write later what the restarted run has made meanwhile.

Configurations and profiles are read by a reader of this project's, since Snakemake's own runs Python that stands in
them, and settles in silence what is given twice.

    python workflow/launch.py [snakemake options]
"""

import fcntl
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn, TextIO

ROOT = Path(__file__).absolute().parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "rules"))

import surroundings  # noqa: E402
from configuration import ConfigurationError  # noqa: E402
from configuration_file import from_yaml, read  # noqa: E402
from slurm_queue import cancel_jobs  # noqa: E402

GRACE = 5.0  # seconds; start and imports of a job take one or two


def main(options: list[str]) -> int:
    """Take the locks, then become Snakemake."""
    try:
        surroundings.check(ROOT, ROOT.resolve(), _working_directory())
        jobs = take_run(Path.cwd() / ".snakemake")
        if not {"-n", "--dry-run", "--dryrun"} & set(options):
            cancel_jobs(needed=any("slurm" in option for option in options))
        wait_for_jobs(jobs)
    except ConfigurationError as error:
        _refuse(str(error))
    os.environ[surroundings.LOCK_VARIABLE] = str(jobs)
    return run_snakemake(["--nolock", "--rerun-incomplete", *options])


def _refuse(sentence: str) -> NoReturn:
    print(f"Error: {sentence}", file=sys.stderr)
    raise SystemExit(1)


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise ConfigurationError("the working directory is not there any more; go to one that is.") from None


def take_run(folder: Path) -> Path:
    """Hold the lock of a folder's run until this process ends; the path of the lock of its jobs."""
    path = folder / "eqlearn.lock"
    try:
        run = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(run, 20).decode().strip() or "unknown"
        raise ConfigurationError(
            f"another run (process {holder}) is at work in this folder; wait for it or stop it first."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be locked ({error.strerror}).") from None
    os.ftruncate(run, 0)
    os.write(run, str(os.getpid()).encode())
    return folder / "eqlearn-jobs.lock"


def wait_for_jobs(path: Path) -> None:
    """Return when no job holds the shared lock; a job that has just been started needs a moment to take it."""
    if any((path.parent / "incomplete").glob("*")):
        time.sleep(GRACE)
    try:
        with path.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for jobs that a killed run has left behind ...", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be locked ({error.strerror}).") from None


def read_configuration(path: str | Path) -> dict[str, Any]:
    """In place of Snakemake's reader of configurations: a fault ends the run with its sentence."""
    try:
        return read(path)
    except ConfigurationError as error:
        _refuse(f"config file {error}")


def read_profile(file: TextIO, **_options: Any) -> Any:
    """In place of the reader of profiles, which would run Python that stands in them."""
    try:
        return from_yaml(file.read(), str(file.name), literal=False)
    except (ConfigurationError, UnicodeError) as error:
        _refuse(str(error) if isinstance(error, ConfigurationError) else f"{file.name}: is no UTF-8 text.")


def run_snakemake(options: list[str]) -> int:
    """Snakemake in this process, with our readers. Refused where its cache cannot be written to."""
    import snakemake.common.configfile
    import snakemake.settings.types
    import yte
    from snakemake.cli import main as snakemake_main
    from snakemake.common import get_appdirs

    try:
        surroundings.require_writable(
            Path(get_appdirs().user_cache_dir), "Snakemake's cache; set HOME or XDG_CACHE_HOME"
        )
    except ConfigurationError as error:
        _refuse(str(error))

    snakemake.common.configfile.load_configfile = read_configuration
    snakemake.settings.types.load_configfile = read_configuration
    yte.process_yaml = read_profile
    sys.argv = ["snakemake", *options]
    return snakemake_main(options)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Jobs and daemons that die on a real Slurm: what a user sees, and that nothing is lost."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pytest
from conftest import ROOT, environment
from recorded import check_row
from slurm import TESTING, Slurm, job_of, wait_until, without_numbers

FAULTS = Path(__file__).parent / "faults" / "Snakefile"
# Seconds after which Slurm's controller has put on disk that a job runs (five at most). Killed before, it starts the
# job once more, finds two of one number on the node, and takes the node out of service, whoever submitted the job.
SAVED = 7


class Run:
    """A folder with jobs that go wrong, and the project's profile."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "run.log"
        shutil.copytree(ROOT / "profiles", folder / "profiles")
        (folder / "workflow").mkdir()
        shutil.copy(ROOT / "workflow" / "launch.py", folder / "workflow")
        shutil.copytree(ROOT / "workflow" / "rules", folder / "workflow" / "rules")
        shutil.copy(FAULTS, folder / "Snakefile")

    def start(self, *cases: str) -> subprocess.Popen:
        """Snakemake through the profile; output to run.log."""
        command = [sys.executable, "workflow/launch.py", *TESTING, "--config", f"cases={','.join(cases)}"]
        with self.log.open("a") as log:
            return subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, env=environment(), start_new_session=True
            )

    def finish(self, *cases: str) -> tuple[int, list[str]]:
        """Run to the end; exit code and rules whose jobs were done."""
        before = len(self.said())
        code = self.start(*cases).wait(300)
        return code, sorted(re.findall(r"Finished jobid: \d+ \(Rule: (?!all)(\w+)\)", self.said()[before:]))

    def said(self) -> str:
        """All output so far."""
        return self.log.read_text() if self.log.exists() else ""

    def made(self) -> dict[str, int]:
        """Products and their dates."""
        return {path.stem: path.stat().st_mtime_ns for path in (self.folder / "out").glob("*.txt")}

    def told(self, case: str) -> str:
        """Snakemake's message about the first failure of a rule."""
        return re.search(rf"Error in rule {case}:\n\s+message: (.*)", self.said())[1]

    def seen(self, case: str) -> bool:
        """Whether a job has begun."""
        return (self.folder / "seen" / case).exists()


@pytest.fixture
def run(tmp_path: Path, slurm: Slurm) -> Run:
    return Run(tmp_path)


def test_jobs_that_die_are_told_within_a_minute_and_tried_again(run):
    """All in one run, beside jobs to which nothing happens; two GPU jobs at once get a device each."""
    cases = ("cancelled", "over_time", "out_of_memory", "failing_once", "failing", "steady", "device0", "device1")
    process = run.start(*cases)
    wait_until(lambda: run.seen("cancelled"), "a job to cancel")
    subprocess.run(["scancel", job_of("cancelled")], check=True)
    wait_until(lambda: "Error in rule cancelled" in run.said(), "a message", 60)
    assert process.wait(300) == 1
    made = run.made()
    assert set(made) == {*cases} - {"failing"}
    devices = {(run.folder / "out" / f"device{number}.txt").read_text().strip() for number in range(2)}
    assert devices == {"0", "1"}
    assert len(re.findall("^the reagent is missing$", run.said(), flags=re.M)) == 3
    (run.folder / "repaired").touch()
    assert run.finish(*cases) == (0, ["failing"])
    lost = [name for name, date in made.items() if run.made()[name] != date]
    again = "tried again by itself"
    told(run, "job cancelled", "cancelled", "CANCELLED", again, lost)
    told(run, "job over its time limit", "over_time", "TIMEOUT", f"{again} with twice the time", lost)
    assert "Exceeded job memory limit" in run.said()
    told(run, "job out of memory", "out_of_memory", "FAILED", f"{again} with twice the memory", lost)
    told(run, "job fails once", "failing_once", "FAILED", again, lost)
    told(
        run,
        "job fails for ever",
        "failing",
        "FAILED",
        "given up after 3 attempts; started again, one job is done",
        lost,
    )


def told(run: Run, case: str, rule: str, status: str, then: str, lost: list[str]) -> None:
    """Keep what a user saw of a job that died; the run went on with the rest and ended with 1 for the one given up."""
    saw = f"Error in rule {rule}: {run.told(rule)}"
    assert f"SLURM status is: '{status}'" in saw
    keep(case, saw.split(" Detailed")[0], int(rule == "failing"), then, lost)


def keep(case: str, saw: str, code: int, then: str, lost: Collection[str]) -> None:
    """Compare with the table of faults."""
    check_row(
        "faults", case=case, saw=without_numbers(saw), exit_code=code, then=then, lost=", ".join(lost) or "nothing"
    )


@pytest.mark.parametrize(("daemon", "case"), [("slurmd", "node daemon"), ("slurmctld", "controller")])
def test_a_daemon_that_is_killed_and_restarted_costs_nothing(run, slurm, daemon, case):
    process = run.start("long", "steady")
    wait_until(lambda: run.seen("long") and "steady" in run.made(), "a job at work beside one that is done")
    wait_until(lambda: len(slurm.jobs("RUNNING,COMPLETING")) == 1, "the end of the one that is done")
    time.sleep(SAVED)
    slurm.kill(daemon)
    time.sleep(4)
    slurm.start(daemon)
    assert process.wait(400) == 0, run.said()
    assert set(run.made()) == {"long", "steady"}
    assert "Error in rule" not in run.said()
    keep(f"{case} killed and restarted", "nothing", 0, "the job goes on", [])


def test_an_interrupted_run_takes_its_jobs_along(run, slurm):
    assert run.finish("steady") == (0, ["steady"])
    made = run.made()
    process = run.start("cancelled", "steady")
    wait_until(lambda: run.seen("cancelled"), "a job at work")
    left = job_of("cancelled")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 1
    wait_until(lambda: slurm.details(left)["JobState"] == "CANCELLED", "a cancelled job", 30)
    saw = "Terminating processes on user request"
    assert saw in run.said()
    assert run.finish("cancelled", "steady") == (0, ["cancelled"])
    lost = [name for name, date in made.items() if run.made()[name] != date]
    keep("run interrupted (Ctrl-C)", saw, 1, "its jobs are cancelled; started again, it does what was unfinished", lost)


def test_a_killed_run_goes_on_by_the_same_command(run, slurm):
    """The job that it has left behind is cancelled, so that two never write one file."""
    assert run.finish("steady") == (0, ["steady"])
    made = run.made()
    process = run.start("cancelled", "steady")
    wait_until(lambda: run.seen("cancelled"), "a job at work")
    left = job_of("cancelled")
    os.killpg(process.pid, signal.SIGKILL)
    code = 128 - process.wait()  # as a shell tells it
    assert run.finish("cancelled", "steady") == (0, ["cancelled"])
    saw = "Cancelling 1 Slurm jobs that a killed run has left behind ..."
    assert saw in run.said()
    assert slurm.details(left)["JobState"] == "CANCELLED"
    lost = [name for name, date in made.items() if run.made()[name] != date]
    keep("run killed (SIGKILL)", saw, code, "started again, it does what was unfinished", lost)

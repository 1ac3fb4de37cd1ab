"""A study through the Slurm profile: the same bytes as on a laptop, networks on the partition with GPUs."""

import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from conftest import TINY, Project, copy_project, products
from recorded import check_row
from slurm import TESTING, Slurm, job_of, wait_until, without_numbers

TARGETS = (
    "simulations/bdm/c0.25/single_runs.nc",
    "equations/bdm-c0.25/oat.refined/n4.json",
    "equations/bdm-c0.25/seql.refined/n4.json",
    "equations/analytic-f3/heql.refined/nall.json",
    "equations/pde-burgers-64x48-noise0.01/sindy.refined/nall.json",
    "networks/springs-force/seql.refined.nc",
)

TRAINING = ("train_network", "fit_network", "train_springs")
ON_GPUS = ("--set-resources", *(f"{rule}:gpu=1" for rule in TRAINING))


def test_a_study_on_slurm_gives_the_same_bytes(project: Project, finished_project: Project, slurm: Slurm):
    """Every kind of numeric product. Networks run on the CPU as locally, but as jobs that ask for a GPU."""
    before = set(slurm.jobs())
    paths = [f"results/tiny/{target}" for target in TARGETS]
    done = project.run(*TESTING, *ON_GPUS, "--", *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    expected, found = products(finished_project.results), products(project.results)
    assert set(TARGETS) <= set(found)
    assert [name for name in found if found[name] != expected.get(name)] == []
    assert_partitions(slurm, set(slurm.jobs()) - before)


@pytest.mark.whole
def test_the_smoke_study_gives_the_same_bytes_on_slurm_and_on_one_core(tmp_path: Path, slurm: Slurm):
    """Every numeric product of config/smoke.yaml; the machine is Slurm's when it is Slurm's turn."""
    before = set(slurm.jobs())
    made = {
        name: smoke_study(tmp_path / name, *options)
        for name, options in {"two": ("--cores", "2"), "one": ("--cores", "1"), "slurm": (*TESTING, *ON_GPUS)}.items()
    }
    assert len(made["two"]) > 300
    for name in ("one", "slurm"):
        assert made[name].keys() == made["two"].keys(), name
        assert [product for product in made["two"] if made[name][product] != made["two"][product]] == [], name
    assert_partitions(slurm, set(slurm.jobs()) - before)


def smoke_study(folder: Path, *options: str) -> dict[str, bytes]:
    """Its products, made in a copy that is deleted then."""
    project = copy_project(folder)
    done = project.call(*project.launch("--configfile", "config/smoke.yaml", *options), seconds=7200)
    assert done.returncode == 0, done.stdout + done.stderr
    made = products(folder / "results" / "smoke")
    shutil.rmtree(folder)
    return made


def assert_partitions(slurm: Slurm, jobs: set[str]) -> None:
    """Training ran on the partition with GPUs, everything else on the other one."""
    details = [slurm.details(job) for job in jobs]
    assert len(details) > 10
    for job in details:
        trains = job["Comment"].split("_wildcards")[0].removeprefix("rule_") in TRAINING
        assert job["Partition"] == ("gpu" if trains else "cpu"), job


@pytest.mark.parametrize(("device", "gpus"), [("cpu", 0), ("auto", 0), ("cuda", 1)])
def test_networks_ask_for_a_gpu_where_the_configuration_says_so(project, device, gpus):
    project.configure(training={"device": device, "threads": 1})
    done = project.run("--dry-run", "results/tiny/networks/analytic-f3/seql.refined.nc")
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    asked = [line for line in text.splitlines() if "resources:" in line and f"gpu={gpus}" in line]
    assert asked if gpus else "gpu=1" not in text


def test_a_cancelled_training_goes_on_to_the_same_bytes(project: Project, slurm: Slurm):
    """Cancelled, as by preemption, at a moment nobody chose; the next attempt goes on from the checkpoint."""
    epochs, network = 1000, "results/tiny/networks/analytic-f3/seql.refined.nc"
    project.edit("eqlearn/networks/trials.py", "seconds: float = 60.0", "seconds: float = 0.5")
    project.configure(learners={"seql.refined": {**TINY["learners"]["seql.refined"], "training": {"epochs": epochs}}})
    assert project.run("--cores", "1", network).returncode == 0
    undisturbed = products(project.results)
    (project.folder / network).unlink()
    run, told = project.start(*TESTING, "--", network), project.folder / "run.log"
    try:
        wait_until(lambda: list((project.results / "checkpoints").glob("*.pt")), "a checkpoint", 120)
        time.sleep(random.uniform(0, 0.5))
        subprocess.run(["scancel", job_of("train_network")], check=True)
        assert run.wait(200) == 0, told.read_text()
    finally:
        run.kill()
    assert products(project.results) == undisturbed
    logs = [path.read_text() for path in (project.results / "logs" / "train_network").glob("*.log")]
    left = [int(total) for total in re.findall(r"/(\d+) \[", logs[0])]
    assert 0 < max(left) < epochs  # it did not begin again
    message = re.search(r"train_network:\n\s+message: (.*?) Detailed", told.read_text())[1]
    saw = without_numbers(f"Error in rule train_network: {message}")
    again = "tried again by itself; it goes on from its checkpoint to the same bytes"
    case = "network training cancelled at a random moment"
    check_row("faults", case=case, saw=saw, exit_code=0, then=again, lost="nothing")

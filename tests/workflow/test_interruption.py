"""A killed run goes on by the same command; a second one is refused while the first is alive."""

import os
import signal
import time

import pytest
from conftest import Project, products

STAGES = (
    "simulate_birth_death_migration",
    "merge_simulations",
    "differentiate",
    "fit_oat",
    "infer_parameter",
    "score_trajectories",
    "figure_example_fits",
    "train_network",
)
# Of every stage a job or two, so that a kill comes soon.
TARGETS = (
    "figures/example_fits/densities.svg",
    "figures/parameter_inference/densities.svg",
    "equations/analytic-f3/seql.refined/nall.json",
)
PATIENCE = 600  # seconds; a stage comes late on a machine with other work


def wait_for(condition, what: str) -> None:
    """Poll until the condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.02)


def has_started(project: Project, stage: str) -> bool:
    """Whether a job of the stage has opened its log."""
    logs = project.results / "logs"
    return (logs / f"{stage}.log").exists() or any((logs / stage).glob("*.log"))


def kill(process, *, jobs: bool) -> None:
    """SIGKILL to Snakemake alone, whose jobs are then left behind, or to its jobs as well."""
    if jobs:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


def finished_files(project: Project) -> dict[str, int]:
    """Date of every product that exists."""
    return {name: (project.results / name).stat().st_mtime_ns for name in products(project.results)}


def test_a_run_killed_in_every_stage_ends_with_identical_products(project, finished_project):
    """Every second kill takes the jobs along. What had been finished for two seconds is not made again."""
    kept: dict[str, int] = {}
    targets = ("--", *(f"results/tiny/{target}" for target in TARGETS))
    for number, stage in enumerate(STAGES):
        process = project.start(*targets)
        wait_for(lambda stage=stage, process=process: has_started(project, stage) or process.poll() is not None, stage)
        assert process.poll() is None, f"the run ended before {stage}"
        before = finished_files(project)
        kill(process, jobs=number % 2 == 1)
        kept |= {name: date for name, date in before.items() if max(before.values()) - date > 2_000_000_000}
    done = project.run("--cores", "2", *targets)
    assert done.returncode == 0, done.stderr
    made, expected = products(project.results), products(finished_project.results)
    assert set(TARGETS) <= set(made)
    assert [name for name in made if made[name] != expected.get(name)] == []
    after = finished_files(project)
    assert [name for name, date in kept.items() if after[name] != date] == []
    assert not list(project.results.rglob(".*.part*"))


def test_a_run_killed_at_its_end_ends_with_identical_products(finished_copy, finished_project):
    for stage in ("verify", "summarise"):
        for path in (*finished_copy.results.glob(f"logs/{stage}.log"), *finished_copy.results.glob("*.md")):
            path.unlink()
        (finished_copy.results / "verification.csv").unlink(missing_ok=True)
        process = finished_copy.start()
        wait_for(lambda stage=stage: has_started(finished_copy, stage), stage)
        kill(process, jobs=True)
    done = finished_copy.run("--cores", "2")
    assert done.returncode == 0, done.stderr
    assert products(finished_copy.results) == products(finished_project.results)


def test_a_second_start_is_refused_in_one_sentence(project):
    process = project.start()
    try:
        wait_for(lambda: has_started(project, STAGES[0]), "the first job")
        second = project.run("--cores", "1")
        assert second.returncode == 1
        lines = (second.stdout + second.stderr).strip().splitlines()
        assert len(lines) == 1
        assert f"another run (process {process.pid})" in lines[0]
    finally:
        kill(process, jobs=True)


@pytest.mark.parametrize("damage", ["truncate", "edit"])
def test_a_damaged_product_is_named_in_one_sentence(finished_copy, damage):
    dataset = finished_copy.results / "datasets" / "bdm-c0.25.nc"
    content = bytearray(dataset.read_bytes())
    if damage == "truncate":
        content = content[: len(content) // 2]
    else:
        position = content.rindex(b"content_digest")
        content[position + 40 : position + 44] = b"0000"
    date = dataset.stat().st_mtime_ns
    dataset.write_bytes(bytes(content))
    os.utime(dataset, ns=(date, date))
    finished_copy.edit("eqlearn/learners/oat_study.py", 'VARIABLE = "sqrt(p)"', 'VARIABLE = "p"')
    done = finished_copy.run("--cores", "2", "--", "results/tiny/equations/bdm-c0.25/oat.refined/n4.json")
    output = done.stdout + done.stderr
    assert done.returncode != 0
    sentence = [line for line in output.splitlines() if line.startswith("Error: ") and "bdm-c0.25.nc" in line]
    assert sentence, output
    assert "delete it to remake it" in sentence[0]

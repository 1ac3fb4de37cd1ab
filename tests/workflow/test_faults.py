"""Disks that are full or read-only, and clocks that jump: what a user sees, and that nothing is lost."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Project, products
from recorded import check_row

SAMPLED = "results/tiny/simulations/mean_field/mean_field-c0.25.nc"
DATASET = "results/tiny/datasets/mean_field-c0.25.nc"


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """A file system of 1 MB in a folder."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def line(text: str, words: str) -> str:
    """The first line of the output with some words."""
    found = [line.strip() for line in text.splitlines() if words in line]
    assert found, f"{words!r} is not in\n{text}"
    return found[0]


@pytest.mark.parametrize("fault", ["full disk", "read-only results folder"])
def test_a_disk_that_takes_nothing_costs_nothing(project: Project, fault: str):
    results = project.folder / "results"
    with disk(results):
        assert project.run("--cores", "1", SAMPLED).returncode == 0
        before = products(project.results)
        if fault == "full disk":
            with (results / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):
                while True:
                    filler.write(bytes(4096))
        else:
            subprocess.run(["mount", "-o", "remount,ro", results], check=True)
        done = project.run("--cores", "1", DATASET)
        assert products(project.results) == before
        if fault == "full disk":
            (results / "filler").unlink()
        else:
            subprocess.run(["mount", "-o", "remount,rw", results], check=True)
        again = project.run("--cores", "1", DATASET)
        assert again.returncode == 0, again.stderr
        found = products(project.results)
    assert {name: found.get(name) for name in before} == before
    words = {"full disk": "The disk of results/tiny is full", "read-only results folder": "Read-only file system"}[
        fault
    ]
    saw = line(done.stdout + done.stderr, words)
    then = "with the disk as it should be, the same command goes on"
    check_row("faults", case=fault, saw=saw, exit_code=done.returncode, then=then, lost="nothing")


def test_a_clock_that_jumps_costs_nothing(finished_copy: Project):
    """Products of a day to come and of a day ago: contents are compared where dates tell nothing."""
    now = time.time()
    for number, name in enumerate(products(finished_copy.results)):
        date = now + 86_400 * (-1) ** number
        os.utime(finished_copy.results / name, (date, date))
    assert finished_copy.rules_to_run() == set()
    then = "nothing is done again"
    check_row("faults", case="clock jumps by a day, both ways", saw="nothing", exit_code=0, then=then, lost="nothing")

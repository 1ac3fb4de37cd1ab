"""Fits of trajectories: the same bits whatever the memory held before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "workflow" / "scripts"
# Densities of a small lattice, which determine five terms badly and send trial solutions out of bounds.
FIT = """
import numpy as np
from eqlearn.joint_fit import Trajectory, fit_jointly
from eqlearn.learners.experiment import Library, integral_form
from eqlearn.trajectory_fit import fit_trajectory

counts = np.array([
    [150, 224, 261, 222, 227, 205, 207, 226, 237, 240, 222, 221, 245, 242, 238, 220, 221, 212, 270, 240],
    [152, 191, 201, 162, 177, 178, 200, 205, 207, 202, 186, 169, 157, 176, 172, 167, 188, 199, 215, 209],
])
times = np.linspace(0, 40, 20)
for values in counts / 588:
    integral = integral_form(times, values, 5, 0.25)
    for powers in Library(5, 5).supports():
        start = (integral.solution(powers)[0], 0.25)
        print(powers, fit_trajectory(times, values, powers, start, fit_start=False).coefficients.tolist())
    joint = fit_jointly([Trajectory(times, values, 0.25)], np.ones((1, 4)), np.arange(1, 5), np.ones(4))
    print(joint.coefficients.tolist())
"""


@pytest.fixture(scope="module")
def printed():
    """What the fits print where fresh memory is filled with each byte (glibc, mallopt(3)); elsewhere, twice alike."""

    def run(byte: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "MALLOC_PERTURB_": byte}
        done = subprocess.run([sys.executable, "-c", FIT], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    return [run(byte) for byte in ("0", "85")]


def test_fits_do_not_read_memory_that_was_never_set(printed):
    assert len(printed[0].splitlines()) == 2 * 32
    assert printed[0] == printed[1]

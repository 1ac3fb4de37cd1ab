"""Information of a trajectory: closed forms, Monte Carlo, and what the initial density does."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from eqlearn import information as module
from eqlearn.information import information
from unit.mutation import executed

TIMES = np.linspace(0, 20, 60)


def logistic(initial: float) -> np.ndarray:
    """Solution of dC/dt = C/2 - C²."""
    return 0.5 / (1 + (0.5 / initial - 1) * np.exp(-TIMES / 2))


def test_one_coefficient_has_condition_one():
    assert information(TIMES, 0.1 * np.exp(0.1 * TIMES), (1,)).condition == pytest.approx(1.0)


def truth_correlation(information: Callable) -> None:
    """(1 + |r|)/(1 - |r|), with r from derivatives of the closed-form solution after the start is projected out."""
    a, b, start, step = 0.5, 1.0, 0.05, 1e-6

    def solution(start: float, a: float, b: float) -> np.ndarray:
        return a / (b + (a / start - b) * np.exp(-a * TIMES))

    point = np.array([start, a, b])
    columns = [(solution(*(point + s)) - solution(*(point - s))) / (2 * step) for s in step * np.eye(3)]
    first = columns[0] / np.linalg.norm(columns[0])
    left = [column - first * (first @ column) for column in columns[1:]]
    r = abs(left[0] @ left[1]) / np.linalg.norm(left[0]) / np.linalg.norm(left[1])
    assert information(TIMES, solution(*point), (1, 2)).condition == pytest.approx((1 + r) / (1 - r), rel=1e-4)


def test_two_coefficients_have_the_condition_of_their_correlation():
    truth_correlation(information)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" / np.linalg.norm(fit.information, axis=0)", ""),
        (" / np.linalg.norm(fit.information, axis=0)", " / np.linalg.norm(fit.information, axis=1)"),
        ("np.linalg.cond(scaled)) ** 2", "np.linalg.cond(scaled))"),
    ],
)
def test_a_broken_condition_is_noticed(old, new):
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(old) == 1
    with pytest.raises(AssertionError):
        truth_correlation(executed(source.replace(old, new)).information)


def test_standard_errors_are_those_of_repeated_experiments():
    """200 noisy repetitions: SD of the estimates over the mean standard error, within 25 % (5 SD of the ratio)."""
    from eqlearn.learners.experiment import integral_form
    from eqlearn.trajectory_fit import fit_trajectory

    noise = np.random.default_rng(1).normal(0, 1e-3, (200, TIMES.size))
    runs = logistic(0.05) + noise
    start = integral_form(TIMES, logistic(0.05), 2).solution((1, 2))
    estimates = np.array([fit_trajectory(TIMES, run, (1, 2), start).coefficients for run in runs])
    errors = np.array([information(TIMES, run, (1, 2)).standard_errors for run in runs])
    np.testing.assert_allclose(estimates.std(axis=0) / errors.mean(axis=0), 1.0, atol=0.25)


def test_a_low_start_tells_coefficients_apart_better():
    conditions = [information(TIMES, logistic(initial)).condition for initial in (0.05, 0.1, 0.15, 0.2, 0.25)]
    assert np.all(np.diff(conditions) > 0)

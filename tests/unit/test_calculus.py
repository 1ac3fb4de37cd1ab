"""Differentiation: exact cases, convergence, noise, the published rule, and what is refused."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from eqlearn.calculus import METHODS, differentiate, moving_mean, published_window
from eqlearn.errors import InputError
from eqlearn.random import generator

REFERENCE = "EQLEARN_REFERENCE"
ANY_TIMES, EVEN_TIMES = ("central_difference", "smoothing_spline"), ("moving_mean", "savitzky_golay")
UNEVEN = np.array([0.0, 0.3, 0.5, 1.1, 1.2, 1.9, 2.0, 2.8, 3.0, 3.5])


def logistic(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """State and rate of dC/dt = C/2 - C² from 0.05."""
    state = 0.5 / (1.0 + 9.0 * np.exp(-0.5 * time))
    return state, 0.5 * state - state**2


def worst_errors(method: str, samples: int, end: float = 20.0) -> tuple[float, float]:
    """Largest error of the rate over its maximum: without a tenth of the samples at either end, and everywhere."""
    time = np.linspace(0.0, end, samples)
    state, rate = logistic(time)
    errors = np.abs(differentiate(time, state, method)[1] - rate) / rate.max()
    return errors[samples // 10 : -(samples // 10)].max(), errors.max()


# method: (bound at 50 samples, order in the number of samples), inside and everywhere. The windows of moving_mean
# and savitzky_golay are a share of the samples, so that sampling more densely does not bring them closer.
CONVERGENCE = {
    "central_difference": ((4e-3, 2), (4e-2, 1)),
    "moving_mean": ((0.3, 0), (0.4, 0)),
    "savitzky_golay": ((2e-4, 0), (2.5e-3, 0)),
    "smoothing_spline": ((2e-5, 4), (2e-2, 1)),
}


def test_every_method_has_a_bound():
    assert set(CONVERGENCE) == set(METHODS) == set(ANY_TIMES + EVEN_TIMES)


@pytest.mark.parametrize("samples", [50, 100, 200, 400])
@pytest.mark.parametrize("method", METHODS)
def test_logistic_rate_within_a_bound_that_shrinks_at_the_order_of_the_method(method, samples):
    for error, (bound, order) in zip(worst_errors(method, samples), CONVERGENCE[method]):
        assert error <= bound * (50 / samples) ** order


def test_savitzky_golay_shrinks_with_the_fourth_power_of_its_window():
    errors = [worst_errors("savitzky_golay", 100, end)[0] for end in (20.0, 10.0, 5.0)]
    assert 12 < errors[0] / errors[1] < 20 and 12 < errors[1] / errors[2] < 20


@pytest.mark.parametrize("time", [np.linspace(-1.0, 2.0, 12), UNEVEN], ids=["even", "uneven"])
def test_central_difference_of_a_quadratic_is_exact_inside(time):
    rate = differentiate(time, 1.0 - 2.0 * time + 3.0 * time**2, "central_difference")[1]
    np.testing.assert_allclose(rate[1:-1], (6.0 * time - 2.0)[1:-1], rtol=1e-12)


def test_savitzky_golay_of_a_cubic_is_exact():
    time = np.linspace(-1.0, 2.0, 120)
    values = 1.0 - time + 2.0 * time**2 - 3.0 * time**3
    state, rate = differentiate(time, values, "savitzky_golay")
    np.testing.assert_allclose(state, values, atol=1e-11)
    np.testing.assert_allclose(rate, -1.0 + 4.0 * time - 9.0 * time**2, atol=1e-10)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("slope", [-2.0, 0.0, 0.7])
def test_straight_lines_are_exact_for_every_method(method, slope):
    time = np.linspace(0.0, 10.0, 50)
    state, rate = differentiate(time, 3.0 + slope * time, method)
    np.testing.assert_allclose(state, 3.0 + slope * time, rtol=1e-9)
    np.testing.assert_allclose(rate, slope, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_rate_scales_with_the_unit_of_time(method):
    time = np.linspace(0.0, 20.0, 80)
    values = logistic(time)[0] + generator("calculus").normal(0.0, 1e-3, time.size)
    hours, years = differentiate(time, values, method), differentiate(time / 8766.0 + 3.0, values, method)
    np.testing.assert_allclose(years[0], hours[0], atol=1e-8)
    np.testing.assert_allclose(years[1] / 8766.0, hours[1], atol=1e-8)


@pytest.mark.parametrize("method", ["central_difference", "moving_mean"])
def test_methods_that_do_not_smooth_leave_the_state_and_copy_it(method):
    time = np.linspace(0.0, 20.0, 50)
    values = logistic(time)[0]
    state = differentiate(time, values, method)[0]
    np.testing.assert_array_equal(state, values)
    assert not np.shares_memory(state, values)


def noisy_errors(time: np.ndarray, method: str, seed: int) -> np.ndarray:
    """Root mean squared errors of state and rate at noise of 0.25 % of the mean density."""
    state, rate = logistic(time)
    values = state + generator("calculus noise", seed=seed).normal(0.0, 0.0025 * state.mean(), time.size)
    found = differentiate(time, values, method)
    return np.sqrt([np.mean((found[0] - state) ** 2), np.mean((found[1] - rate) ** 2)])


@pytest.mark.parametrize("seed", range(5))
def test_smoothing_beats_central_difference_on_noisy_data(seed):
    """State and rate; none of 1000 other seeds failed."""
    time = np.linspace(0.0, 20.0, 100)
    plain = noisy_errors(time, "central_difference", seed)
    assert (noisy_errors(time, "smoothing_spline", seed) < plain).all()
    assert (noisy_errors(time, "savitzky_golay", seed) < plain).all()


@pytest.mark.parametrize("seed", range(5))
def test_smoothing_spline_beats_central_difference_at_uneven_times(seed):
    """State and rate; none of 1000 other seeds failed."""
    time = np.sort(generator("calculus times", seed=seed).uniform(0.0, 20.0, 100))
    assert (noisy_errors(time, "smoothing_spline", seed) < noisy_errors(time, "central_difference", seed)).all()


# The published rule


def test_odd_window_is_matlab_smoothdata():
    values = np.array([4.0, 8, 6, -1, -2, -3, -1, 3, 4, 5])
    expected = [6, 6, 13 / 3, 1, -2, -2, -1 / 3, 2, 4, 4.5]
    np.testing.assert_allclose(moving_mean(values, 3), expected, atol=1e-14)


def test_even_window_is_matlab_smoothdata_and_reaches_one_sample_further_back():
    values = np.array([4.0, 8, 6, -1, -2, -3, -1, 3, 4, 5])
    expected = [6, 6, 4.25, 2.75, 0, -1.75, -0.75, 0.75, 2.75, 4]
    np.testing.assert_allclose(moving_mean(values, 4), expected, atol=1e-14)


def test_window_one_changes_nothing_and_the_longest_is_the_mean_of_what_is_there():
    values = np.array([1.0, 4.0, 10.0, -3.0, 0.5])
    np.testing.assert_allclose(moving_mean(values, 1), values, rtol=1e-14)
    np.testing.assert_allclose(moving_mean(values, 5), [5, 3, 2.5, 2.875, 2.5], rtol=1e-14)


@pytest.mark.parametrize("samples", [20, 57, 100])
@pytest.mark.parametrize("peak", [0.2, 0.5, 0.9])
def test_published_window_by_a_transform_written_out(samples, peak):
    position = np.arange(samples)
    rate = np.exp(-(((position / samples - peak) * 8) ** 2)) + generator("window").normal(0, 0.1, samples)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(samples + 1), position) / (2 * samples))
    energy = np.abs(waves @ (rate - rate.mean())) ** 2
    reached = next(k for k in range(samples + 1) if energy[: k + 1].sum() >= 0.75 * energy.sum())
    assert published_window(rate) == int(np.ceil(0.443 * 2 * samples / reached))


def test_published_window_of_a_constant_rate_is_one():
    assert published_window(np.full(100, 0.3)) == 1


def test_published_window_is_no_longer_than_the_data():
    assert published_window(np.linspace(0.0, 1.0, 5)) <= 5


def test_published_rule_reproduces_the_stored_derivative_at_498_of_500_rates():
    if not os.environ.get(REFERENCE):
        pytest.skip(f"{REFERENCE} does not name the folder with the published simulations")
    table = pd.read_csv(Path(os.environ[REFERENCE]) / "abm_mean_of_25_ic0.05.csv.gz")
    same = []
    for _, rows in table.groupby("proliferation_rate"):
        stored = rows["density_rate"].to_numpy()
        rate = differentiate(rows["time"].to_numpy(), rows["density"].to_numpy(), "moving_mean")[1]
        same.append(np.abs(rate - stored).max() <= 1e-5 * np.abs(stored).max())
    assert (sum(same), len(same)) == (498, 500)


# Refusals

TIME = np.linspace(0.0, 1.0, 6)
HOLE, BACK = np.where(np.arange(6) == 4, np.nan, TIME), TIME[[0, 1, 3, 2, 4, 5]]
REFUSED = {
    "unknown method": (TIME, TIME, "spline", "'spline' is unknown, use one of central_difference"),
    "few samples": (TIME[:4], TIME[:4], "central_difference", r"times \(4,\) and values \(4,\)"),
    "lengths differ": (TIME, TIME[:5], "central_difference", r"times \(6,\) and values \(5,\)"),
    "not one trajectory": (np.ones((6, 2)), np.ones((6, 2)), "moving_mean", r"times \(6, 2\)"),
    "missing value": (TIME, HOLE, "smoothing_spline", "sample 4 has time 0.8 and value nan"),
    "missing time": (HOLE, TIME, "smoothing_spline", "sample 4 has time nan"),
    "infinite value": (TIME, np.append(TIME[:5], np.inf), "moving_mean", "value inf"),
    "time goes back": (BACK, TIME, "central_difference", "sample 3 has time 0.4"),
    "time stands still": (np.minimum(TIME, 0.6), TIME, "savitzky_golay", "sample 4 has time 0.6"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_what_was_found(case):
    time, values, method, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        differentiate(time, values, method)


@pytest.mark.parametrize("method", EVEN_TIMES)
def test_uneven_times_are_refused_where_even_ones_are_needed(method):
    with pytest.raises(InputError, match=rf"{method}: times are uneven \(steps 0.1 to 0.8\), it needs even ones"):
        differentiate(UNEVEN, UNEVEN, method)


@pytest.mark.parametrize("method", EVEN_TIMES)
def test_times_rounded_in_a_text_file_count_as_even(method):
    time = np.round(np.linspace(0.0, 20.0, 61), 6)
    differentiate(time, logistic(time)[0], method)

"""The closed form of the mean field solves its equation; the noise is what is claimed."""

import numpy as np
import pytest
from eqlearn.datasets.mean_field import add_noise, density
from eqlearn.random import generator
from scipy import stats
from scipy.integrate import solve_ivp

TIME = np.linspace(0.0, 30.0, 41)
RATES = {
    "paper, slow": (0.01, 0.005),
    "paper, fast": (5.0, 2.5),
    "no death": (1.0, 0.0),
    "growth 0": (0.5, 0.5),
    "growth next to 0": (0.5, 0.5 - 1e-12),
    "negative growth": (0.3, 0.8),
    "death alone": (0.0, 0.7),
    "nothing": (0.0, 0.0),
}
LEVEL = 1e-4  # chance over all seeds that a correct noise fails a test


@pytest.mark.parametrize("initial", [0.05, 0.25, 1.0])
@pytest.mark.parametrize("name", RATES)
def test_closed_form_solves_the_equation(name, initial):
    proliferation, death = RATES[name]
    solution = solve_ivp(
        lambda _time, state: proliferation * state * (1 - state) - death * state,
        (0.0, 30.0),
        [initial],
        method="DOP853",
        t_eval=TIME,
        rtol=1e-13,
        atol=1e-15,
    )
    np.testing.assert_allclose(density(TIME, initial, proliferation, death), solution.y[0], rtol=1e-10, atol=1e-13)


def test_growth_zero_is_the_hyperbola():
    np.testing.assert_allclose(density(TIME, 0.2, 0.5, 0.5), 0.2 / (1 + 0.2 * 0.5 * TIME), rtol=1e-15)


def test_plateau_is_the_share_of_births_that_outlive_deaths():
    assert density(np.array([500.0]), 0.05, 1.0, 0.3) == pytest.approx(0.7, rel=1e-14)


def test_empty_and_resting_states_stay():
    np.testing.assert_array_equal(density(TIME, 0.0, 1.0, 0.5), 0.0)
    np.testing.assert_allclose(density(TIME, 0.5, 1.0, 0.5), 0.5, rtol=1e-14)


def test_only_scaled_time_matters():
    np.testing.assert_allclose(density(TIME / 3.7, 0.05, 3.7, 1.85), density(TIME, 0.05, 1.0, 0.5), rtol=1e-13)


def test_shape_of_the_times_is_kept():
    assert density(TIME.reshape(1, 41), 0.1, 1.0, 0.5).shape == (1, 41)


def noise_samples(level: float, runs: int = 5000) -> tuple[np.ndarray, np.ndarray]:
    """Noise (runs, samples) over its standard deviation as the paper states it, and the noiseless curve."""
    curve, random = density(TIME, 0.05, 1.0, 0.5), generator("mean-field noise", level=level)
    noisy = np.stack([add_noise(curve, level, random) for _ in range(runs)])
    return (noisy - curve) / (level * curve.mean()), curve


@pytest.mark.parametrize("level", [0.0025, 0.1])
def test_noise_is_normal_with_one_standard_deviation_for_all_samples(level):
    noise, _ = noise_samples(level)
    assert stats.kstest(noise.ravel(), "norm").pvalue > LEVEL
    by_sample, n = noise.std(axis=0, ddof=1), noise.shape[0]
    bound = stats.norm.isf(LEVEL / 2 / TIME.size) / np.sqrt(2 * n)
    assert np.abs(by_sample - 1).max() < bound, "first sample included"


def test_noise_of_samples_is_uncorrelated():
    noise, _ = noise_samples(0.0025)
    correlation = np.corrcoef(noise.T)[np.triu_indices(TIME.size, 1)]
    assert np.abs(correlation).max() < stats.norm.isf(LEVEL / 2 / correlation.size) / np.sqrt(noise.shape[0])


def test_noise_level_zero_changes_nothing():
    curve = density(TIME, 0.05, 1.0, 0.5)
    np.testing.assert_array_equal(add_noise(curve, 0.0, generator("no noise")), curve)

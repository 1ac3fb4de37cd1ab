"""OAT learner: planted equations from sampled densities alone, criteria, effective samples, optimal refits."""

from dataclasses import replace

import numpy as np
import pytest
from eqlearn.datasets import mean_field
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.errors import InputError
from eqlearn.learners import experiment, oat, oat_study
from eqlearn.random import generator
from eqlearn.selection import akaike, simplest_within
from eqlearn.sparse import supports
from eqlearn.trajectory_fit import (
    MAX_CORRELATION,
    TrajectoryFit,
    effective_samples,
    error_floor,
    fit_trajectory,
)
from unit.numeric_truths import logistic, logistic_slopes, scipy_flow

LIBRARY, CANDIDATES = experiment.Library(powers=10, max_terms=5), 3
RATES = np.geomspace(0.01, 5.0, 25)
STARTS = (0.05, 0.25)
SAMPLINGS = {
    "scaled": lambda rate: np.linspace(0.0, 40.0 / rate, 100),
    "unscaled": lambda rate: np.linspace(0.0, 20.0, 57),
}
PLANTED = {
    "0.8 C - 2 C² + 1.1 C³": {1: 0.8, 2: -2.0, 3: 1.1},
    "C - C⁴": {1: 1.0, 4: -1.0},
    "C² - C³": {2: 1.0, 3: -1.0},
    "C - 0.5 C² - 0.7 C⁵": {1: 1.0, 2: -0.5, 5: -0.7},
    "-0.7 C": {1: -0.7},
}


def planted_curve(terms: dict[int, float], initial: float, times: np.ndarray) -> np.ndarray:
    """States of dC/ds = sum of the terms, by SciPy."""
    dense = np.zeros(max(terms) + 1)
    dense[list(terms)] = list(terms.values())
    return scipy_flow(dense, initial, times)


def assert_learned(fit: TrajectoryFit, terms: dict[int, float]) -> None:
    """Structure and coefficients are the planted ones, to 1e-6 of themselves."""
    assert fit.powers == tuple(terms)
    np.testing.assert_allclose(fit.coefficients, list(terms.values()), rtol=1e-6)


@pytest.mark.parametrize("initial", STARTS)
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{rate:.3g}")
def test_noiseless_mean_field_is_learned_exactly_at_every_rate(rate, sampling, initial):
    times = SAMPLINGS[sampling](rate)
    densities = mean_field.density(times, initial, rate, rate / 2)
    assert_learned(
        oat.best_alone(experiment.Experiment(rate * times, densities, LIBRARY), CANDIDATES), {1: 0.5, 2: -1.0}
    )


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_noiseless_mean_field_is_learned_exactly_jointly(sampling):
    experiments = []
    for rate in RATES[::4]:
        times = SAMPLINGS[sampling](rate)
        experiments.append(
            experiment.Experiment(rate * times, mean_field.density(times, 0.05, rate, rate / 2), LIBRARY)
        )
    powers = oat.common_support(experiments, CANDIDATES)
    assert powers == (1, 2)
    found = oat.joined(np.sqrt(RATES[::4]), experiments, powers, 6)
    np.testing.assert_allclose(found.coefficients[0], [0.5, -1.0], rtol=1e-6)
    np.testing.assert_allclose(found.coefficients[1:], 0.0, atol=1e-6)


@pytest.mark.parametrize("initial", STARTS)
@pytest.mark.parametrize("end", [10.0, 40.0])
@pytest.mark.parametrize("name", PLANTED)
def test_planted_equations_are_recovered_exactly_from_clean_data(name, end, initial):
    times = np.linspace(0.0, end, 100)
    densities = planted_curve(PLANTED[name], initial, times)
    assert_learned(oat.best_alone(experiment.Experiment(times, densities, LIBRARY), CANDIDATES), PLANTED[name])


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["0.8 C - 2 C² + 1.1 C³", "C - C⁴"])
def test_common_support_over_ten_rates_is_the_planted_one_at_a_noise_of_a_thousandth(name, seed):
    """None of 20 other seeds failed for either equation."""
    experiments = []
    for rate in np.linspace(0.5, 5.0, 10):
        times = rate * np.linspace(0.0, 20.0 / rate, 100)
        clean = planted_curve(PLANTED[name], 0.05, times)
        random = generator("planted, noisy", name, p=rate, seed=seed)
        experiments.append(experiment.Experiment(times, mean_field.add_noise(clean, 0.001, random), LIBRARY))
    powers = oat.common_support(experiments, CANDIDATES)
    assert powers == tuple(PLANTED[name])
    found = oat.joined(np.sqrt(np.linspace(0.5, 5.0, 10)), experiments, powers, 6).coefficients
    at_each = np.vander(np.sqrt(np.linspace(0.5, 5.0, 10)), found.shape[0], increasing=True) @ found
    np.testing.assert_allclose(at_each, np.tile(list(PLANTED[name].values()), (10, 1)), rtol=0.05)


def test_times_may_start_anywhere():
    times = np.linspace(0.0, 20.0, 100)
    fit = oat.best_alone(experiment.Experiment(7.0 + times, logistic(times, 0.05, 0.5, -1.0), LIBRARY), CANDIDATES)
    assert_learned(fit, {1: 0.5, 2: -1.0})


@pytest.mark.parametrize("level", [0.0, 0.3])
def test_densities_at_rest_are_learned_as_such(level):
    densities = np.full(50, level)
    fit = oat.best_alone(experiment.Experiment(np.linspace(0.0, 20.0, 50), densities, LIBRARY), CANDIDATES)
    assert len(fit.powers) == 1 and fit.error <= error_floor(densities) + 1e-30


def test_library_holds_the_supports_as_powers():
    assert experiment.Library(powers=4, max_terms=2).supports() == tuple(
        tuple(k + 1 for k in support) for support in supports(4, 2)
    )


def test_leading_supports_hold_the_best_of_every_size_then_the_lowest_powers_close_to_it():
    candidates = ((1,), (2,), (1, 2), (1, 3), (2, 3), (1, 2, 3))
    criteria = np.array([5.0, 9.0, 1.5, 0.0, 1.0, 3.0])
    assert experiment.leading_supports(candidates, criteria, 1) == [(1,), (1, 3), (1, 2, 3)]
    assert experiment.leading_supports(candidates, criteria, 2) == [(1,), (1, 3), (1, 2), (1, 2, 3)]
    assert experiment.leading_supports(candidates, criteria, 3) == [(1,), (1, 3), (1, 2), (2, 3), (1, 2, 3)]


# Criteria


def test_akaike_by_hand():
    found = akaike(np.array([np.e**2 * 10, 10.0, 0.0]), 10, np.array([3, 1, 2]), floor=10 * np.exp(-5))
    np.testing.assert_allclose(found, [10 * 2 + 6, 0 + 2, 10 * -5 + 4], rtol=1e-14)


def test_below_the_floor_a_superset_never_wins():
    assert akaike(1e-20, 100, 2, floor=1e-16) < akaike(1e-30, 100, 3, floor=1e-16)


def test_the_simplest_within_two_of_the_least_wins():
    criteria, complexities = [0.0, 1.9, 2.1, 1.5], [(4,), (3,), (1,), (3,)]
    assert simplest_within(criteria, complexities, [0.0, 1.0, 0.0, 2.0]) == 1
    assert simplest_within(criteria, complexities, [0.0, 3.0, 0.0, 2.0]) == 3


# Effective samples


def fit_with(residuals: np.ndarray) -> TrajectoryFit:
    return TrajectoryFit((1,), np.ones(1), 0.1, float(residuals @ residuals), residuals, np.eye(1))


def autoregressive(correlation: float, samples: int) -> np.ndarray:
    noise = generator("residuals", r=correlation).normal(size=samples)
    for i in range(1, samples):
        noise[i] = correlation * noise[i - 1] + np.sqrt(1 - correlation**2) * noise[i]
    return noise


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7])
def test_effective_samples_of_autoregressive_noise(correlation):
    """White noise counts in full, else N(1 - r)/(1 + r).

    The estimated r has standard deviation sqrt((1 - r²)/N), its bias (1 + 4r)/N is negligible; 4 standard
    deviations leave a false alarm of 6e-5.
    """
    samples = 20_000
    spread = 4 * np.sqrt((1 - correlation**2) / samples)
    low, high = ((1 - r) / (1 + r) for r in (correlation + spread, max(correlation - spread, 0.0)))
    assert low <= effective_samples(fit_with(autoregressive(correlation, samples)), 0.0) / samples <= high


def test_effective_samples_stay_between_bounds():
    alternating, rising = np.tile([1.0, -1.0], 50), np.ones(100)
    assert effective_samples(fit_with(alternating), 0.0) == 100
    least = 100 * (1 - MAX_CORRELATION) / (1 + MAX_CORRELATION)
    assert effective_samples(fit_with(rising), 0.0) == pytest.approx(least, rel=1e-12)


def test_residuals_at_the_floor_count_in_full():
    assert effective_samples(fit_with(np.full(100, 1e-12)), 1e-20) == 100


# Refits on the trajectory

TIMES = np.linspace(0.0, 20.0, 60)


def noisy_fit(seed: int) -> tuple[np.ndarray, TrajectoryFit]:
    values = logistic(TIMES, 0.05, 0.5, -1.0) + generator("noisy trajectory", seed=seed).normal(0.0, 0.01, TIMES.size)
    return values, fit_trajectory(TIMES, values, (1, 2), experiment.integral_form(TIMES, values, 2).solution((1, 2)))


def squared_error(values: np.ndarray, point: np.ndarray) -> float:
    return float(np.sum((logistic(TIMES, *point) - values) ** 2))


@pytest.mark.parametrize("seed", range(5))
def test_at_the_optimum_the_gradient_vanishes(seed):
    """Cosine of the residuals with every column of the closed form's Jacobian."""
    values, fit = noisy_fit(seed)
    point = fit.initial, *fit.coefficients
    residuals, slopes = logistic(TIMES, *point) - values, logistic_slopes(TIMES, *point)
    cosines = residuals @ slopes / (np.linalg.norm(residuals) * np.linalg.norm(slopes, axis=0))
    assert np.abs(cosines).max() < 1e-6
    assert fit.error == pytest.approx(residuals @ residuals, rel=1e-9)
    np.testing.assert_allclose(fit.residuals, -residuals, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-4, 1e-2, 1.0])
def test_no_neighbouring_point_is_better(scale):
    values, fit = noisy_fit(0)
    point, errors = np.array([fit.initial, *fit.coefficients]), np.array([0.01, 0.02, 0.04])
    for move in generator("neighbours").normal(size=(200, 3)) * errors * scale:
        assert squared_error(values, point + move) >= fit.error


def test_information_is_the_inverse_covariance_without_the_start():
    _, fit = noisy_fit(0)
    slopes = logistic_slopes(TIMES, fit.initial, *fit.coefficients)
    covariance = np.linalg.inv(slopes.T @ slopes)[1:, 1:]
    np.testing.assert_allclose(np.linalg.inv(fit.information.T @ fit.information), covariance, rtol=1e-6)
    variance = fit.error / (TIMES.size - 3) * 2
    assert fit.variance(0.0, TIMES.size / 2) == pytest.approx(variance, rel=1e-12)
    expected = np.sqrt(variance * np.diag(covariance))
    np.testing.assert_allclose(fit.standard_errors(0.0, TIMES.size / 2), expected, rtol=1e-6)


def test_the_integral_form_starts_near_the_truth():
    form = experiment.integral_form(TIMES, logistic(TIMES, 0.05, 0.5, -1.0), 2)
    coefficients, initial, _ = form.solution((1, 2))
    np.testing.assert_allclose([*coefficients, initial], [0.5, -1.0, 0.05], rtol=1e-3)


def test_a_linearisation_that_misleads_is_made_up_for():
    """It starts at a blow-up, where no sensitivity shows a way back: the fit then starts from the integral form."""
    times = np.linspace(0.0, 40.0, 100)
    found = experiment.Experiment(times, logistic(times, 0.05, 0.5, -1.0), LIBRARY)
    misleading = replace(found.linear, response=1e5 * found.linear.response)
    coefficients, initial, _ = misleading.solution((1, 2))
    lost = fit_trajectory(found.times, found.values, (1, 2), (coefficients, initial))
    found.linear = misleading
    assert found.fit((1, 2)).error < 1e-12 < lost.error


def test_a_reference_that_went_astray_is_made_up_for(monkeypatch):
    """Twelve samples of a steep rise: the best three terms of the integral form blow up on the trajectory."""
    times = np.linspace(0.0, 13.0, 12)
    values = scipy_flow(np.array([0.0, 0.9, 1.5, 0.0, 0.0, 0.0, -2.0]), 0.05, times)
    found = experiment.Experiment(times, values, LIBRARY, 0.05)
    assert found.fit(found.best()).error < 1e-15
    monkeypatch.setattr(experiment, "MISLED", np.inf)
    astray = experiment.Experiment(times, values, LIBRARY, 0.05)
    assert astray.fit(astray.best()).error > 1.0


@pytest.mark.parametrize(("powers", "max_terms"), [(1, 1), (2, 1), (2, 5), (3, 2)])
def test_small_libraries_are_searched_whole(powers, max_terms):
    """A library smaller than the usual one still gives its best equation."""
    times = np.linspace(0, 10, 40)
    library = experiment.Library(powers, max_terms)
    found = oat.best_alone(experiment.Experiment(times, 0.1 * np.exp(0.2 * times), library), CANDIDATES)
    assert found.powers == (1,)
    assert found.coefficients[0] == pytest.approx(0.2, rel=1e-9)


@pytest.mark.parametrize(
    ("lowest", "samples", "sentence"),
    [
        (0.0, 20, "d: is sampled at proliferation_rate = 0; a scale of time is above 0; set time_scale: none."),
        (-2.0, 20, "d: is sampled at proliferation_rate = -2; a scale of time is above 0; set time_scale: none."),
        (0.5, 6, "d: has 6 times, the refined protocol needs 7."),
    ],
)
def test_what_cannot_be_learned_from_is_told_in_a_sentence(lowest, samples, sentence):
    times = np.tile(np.linspace(0, 10, samples), (2, 1))
    data = density_trajectories("d", np.array([lowest, 1.0]), 0.1 + times / 50, times, {}, {})
    with pytest.raises(InputError) as caught:
        oat_study.learn(data, oat.Settings(powers=10, max_terms=5, candidates=3, max_degree=2), {})
    assert str(caught.value) == sentence

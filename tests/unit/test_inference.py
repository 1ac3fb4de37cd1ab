"""Parameter of a single run: exact on clean curves, not trapped, flagged at bounds, least squares on noisy ones."""

import re

import numpy as np
import pytest
from eqlearn import inference
from eqlearn.datasets import mean_field
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.mean_curves import mean_curves
from eqlearn.noise import Noise
from eqlearn.random import generator
from scipy.optimize import brentq, minimize
from unit.numeric_truths import (
    BOUNDS,
    INFERENCE,
    MEAN_FIELD,
    RATE,
    RUN_TIMES,
    TWO_VALLEYS,
    mean_field_curve,
    search_of,
    two_valleys_curve,
)

SEARCH = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS)


@pytest.mark.parametrize("truth", INFERENCE, ids=lambda truth: truth.__name__)
def test_inference(truth):
    truth(inference)


def test_the_error_of_the_planted_equation_has_two_valleys():
    errors = [np.mean((two_valleys_curve(r) - two_valleys_curve(0.3)) ** 2) for r in np.geomspace(*BOUNDS, 400)]
    falls, rises = np.diff(errors)[:-1] < 0, np.diff(errors)[1:] > 0
    assert np.count_nonzero(falls & rises) == 2


def test_a_local_search_from_the_other_side_is_trapped():
    trapped = minimize(lambda r: np.mean((two_valleys_curve(r[0]) - two_valleys_curve(0.3)) ** 2), 3.0, method="BFGS")
    assert trapped.x[0] > 2.0 and trapped.fun > 1e-5


@pytest.mark.parametrize("rate", [0.01, 0.5, 4.9])
def test_noisy_estimates_are_stationary_points_of_the_error(rate):
    values = mean_field_curve(rate) + generator("noisy run", p=rate).normal(0.0, 0.01, RUN_TIMES.size)

    def slope(log_rate: float) -> float:
        """Derivative of the squared error by the logarithm of the rate, by a complex step in the closed form."""
        curve = mean_field_curve(np.exp(log_rate + 1e-30j))
        return 2 * np.sum((curve.real - values) * curve.imag / 1e-30)

    found = SEARCH.estimate(values)
    best = brentq(slope, np.log(found.parameter) - 0.2, np.log(found.parameter) + 0.2, xtol=1e-12)
    assert found.parameter == pytest.approx(np.exp(best), rel=1e-5)
    assert found.mse == pytest.approx(np.mean((mean_field_curve(found.parameter) - values) ** 2), rel=1e-7)


def test_no_rate_of_a_dense_scan_is_better_than_the_estimate():
    values = mean_field_curve(0.7) + generator("scan").normal(0.0, 0.05, RUN_TIMES.size)
    scanned = [np.mean((mean_field_curve(rate) - values) ** 2) for rate in np.geomspace(*BOUNDS, 5000)]
    assert SEARCH.estimate(values).mse <= min(scanned) * (1 + 1e-9)


def test_one_search_serves_many_runs():
    for rate in (0.2, 3.0, 0.2):
        assert SEARCH.estimate(mean_field_curve(rate)).parameter == pytest.approx(rate, rel=1e-6)


@pytest.mark.parametrize("template", ["p*C**2", "p*C*sqrt(C**2)"], ids=["polynomial", "general"])
@pytest.mark.parametrize("rate", [0.05, 0.099])
def test_equations_that_blow_up_at_most_rates(template, rate):
    times = np.linspace(0.0, 10.0, 21)  # from 1 the solution is 1/(1 - p·t), lost before t = 10 if p >= 0.1
    search = search_of(inference, Equation(template, ("C",), RATE, "dC/dt", {}), 1.0, times, (0.01, 1.0), grid=20)
    found = search.estimate(1 / (1 - rate * times))
    assert found.parameter == pytest.approx(rate, rel=1e-6) and not found.at_bound


def test_a_parameter_without_effect_is_flagged_at_a_bound():
    still = Equation("0*p*C", ("C",), RATE, "dC/dt", {})
    found = search_of(inference, still, 0.3, RUN_TIMES, (0.1, 1.0)).estimate(np.full(RUN_TIMES.size, 0.3))
    assert found.at_bound and found.mse == 0


@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (np.nan, 1.0)])
def test_bounds_are_refused_by_their_values(bounds):
    with pytest.raises(InputError, match=re.escape(f"bounds are {bounds}, must be 0 < lowest < highest")):
        search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, bounds)


def test_two_valleys_differ_in_their_plateaus_only():
    assert TWO_VALLEYS.evaluate({"C": 0.0}, 0.5) == TWO_VALLEYS.evaluate({"C": 0.0}, 2.0) == 0
    low, high = (TWO_VALLEYS.evaluate({"C": 1e-9}, rate) / 1e-9 for rate in (0.5, 2.0))
    assert low == pytest.approx(high, rel=1e-8)


# Intervals

NOISE = Noise(np.linspace(0.0, 60.0, 31), np.full(31, np.log(0.02)), np.linspace(0.0, 20.0, 31))


def noisy_runs(rate: float, runs: int, purpose: str) -> np.ndarray:
    """Runs (R, S) that scatter about the mean field as NOISE says."""
    spread = np.linalg.inv(NOISE.whitening(rate * RUN_TIMES))
    return mean_field_curve(rate) + generator(purpose, p=rate).normal(size=(runs, RUN_TIMES.size)) @ spread.T


def covered(rate: float, runs: np.ndarray, **options) -> float:
    search = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, **options)
    found = [search.estimate(values) for values in runs]
    assert all(each.low <= each.parameter <= each.high for each in found)
    return float(np.mean([each.low <= rate <= each.high for each in found]))


@pytest.mark.parametrize("rate", [0.3, 2.0])
def test_intervals_of_known_noise_cover_nine_of_ten(rate):
    """120 runs: binomial with chance 0.9, tails of 1e-3 are 0.80 and 0.98."""
    assert 0.80 <= covered(rate, noisy_runs(rate, 120, "interval"), noise=NOISE) <= 0.98


def test_correlation_that_is_ignored_makes_intervals_too_short():
    other = Noise(NOISE.times, NOISE.log_sd, NOISE.memory * 1e3)
    assert covered(0.3, noisy_runs(0.3, 120, "interval"), noise=other) < 0.8


def test_weights_of_the_noise_beat_least_squares():
    runs = noisy_runs(0.3, 60, "weights")
    errors = {}
    for name, noise in (("weighted", NOISE), ("plain", None)):
        search = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, noise=noise)
        errors[name] = np.std([np.log(search.estimate(values).parameter) for values in runs])
    assert errors["weighted"] < 0.9 * errors["plain"]


def test_calibrated_intervals_cover_whatever_the_noise_model_claims():
    """Claimed noise is a third of the true one; 99 runs calibrate, 120 others are covered: beta-binomial about 0.9."""
    small = Noise(NOISE.times, NOISE.log_sd - np.log(3.0), NOISE.memory)
    search = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, noise=small)
    known = [search.likelihood_ratio(values, 0.3) for values in noisy_runs(0.3, 99, "calibration")]
    threshold, runs = inference.calibrated_threshold(known), noisy_runs(0.3, 120, "interval")
    assert covered(0.3, runs, noise=small) < 0.7
    assert 0.76 <= covered(0.3, runs, noise=small, threshold=threshold) <= 0.99


def test_the_calibrated_threshold_is_the_conformal_quantile():
    assert inference.calibrated_threshold(range(1, 100)) == 90.0
    assert inference.calibrated_threshold(range(9)) == 8.0
    assert inference.calibrated_threshold(range(8)) == pytest.approx(2.7055, abs=1e-4)


def test_averages_as_a_model_are_the_averages():
    rates, times = np.array([0.5, 1.0, 2.0]), np.linspace(0.0, 20.0, 60)
    curves = np.stack([mean_field.density(times / p, 0.05, p, p / 2) * (1 + p / 10) for p in rates])
    data = density_trajectories("d", rates, curves, times / rates[:, None], {}, {})
    model = mean_curves(data)(times / 1.0)
    np.testing.assert_allclose(model(1.0), curves[1], atol=1e-12)
    np.testing.assert_allclose(model(5.0)[-1], curves[2, -1], atol=1e-12)
    between = mean_curves(data)(times / 1.5)(1.5)
    np.testing.assert_allclose(between, (curves[1] + curves[2]) / 2, atol=1e-12)

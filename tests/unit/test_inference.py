"""Parameter of a single run: exact on clean curves, not trapped, flagged at bounds, least squares on noisy ones."""

import re

import numpy as np
import pandas as pd
import pytest
from eqlearn import inference
from eqlearn.coverage import Coverage, coverage_of
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

MEMORY = np.linspace(0.0, 20.0, 31)
NOISE = Noise(np.linspace(0.0, 60.0, 31), np.full(31, np.log(0.02)), MEMORY)  # an Ornstein-Uhlenbeck process
WHITE = Noise(NOISE.times, NOISE.log_sd, 1e3 * MEMORY)
FAST = inference.ParameterSearch(mean_field_curve, RUN_TIMES, BOUNDS)


def noisy_runs(rate: float, runs: int, purpose: str, noise: Noise = NOISE) -> np.ndarray:
    """Runs (R, S) that scatter about the mean field as the noise says."""
    spread = np.linalg.inv(noise.whitening(rate * RUN_TIMES))
    return mean_field_curve(rate) + generator(purpose, p=rate).normal(size=(runs, RUN_TIMES.size)) @ spread.T


def covered(rate: float, runs: np.ndarray, **options) -> Coverage:
    """Coverage of intervals by the closed form."""
    search = inference.ParameterSearch(mean_field_curve, RUN_TIMES, BOUNDS, grid=60, **options)
    found = pd.DataFrame([vars(search.estimate(values)) for values in runs]).assign(parameter_value=rate)
    assert ((found["low"] <= found["parameter"]) & (found["parameter"] <= found["high"])).all()
    return coverage_of(found)


@pytest.mark.parametrize(("rate", "noise"), [(0.3, NOISE), (2.0, NOISE), (0.3, WHITE)])
def test_intervals_of_known_noise_cover_nine_of_ten(rate, noise):
    """500 runs; the chance of a false alarm is 0.1 %."""
    assert covered(rate, noisy_runs(rate, 500, "interval", noise), noise=noise).verdict == "right"


@pytest.mark.parametrize("claimed", [WHITE, Noise(NOISE.times, NOISE.log_sd, 0.3 * MEMORY)])
def test_noise_of_another_correlation_makes_intervals_wrong(claimed):
    assert covered(0.3, noisy_runs(0.3, 500, "interval"), noise=claimed).verdict in ("too short", "too long")


@pytest.mark.parametrize("noise", [NOISE, WHITE, None], ids=["correlated", "white", "clean"])
def test_without_noise_model_or_calibration_there_is_no_interval(noise):
    values = mean_field_curve(0.3) if noise is None else noisy_runs(0.3, 1, "interval", noise)[0]
    found = FAST.estimate(values)
    assert np.isnan([found.low, found.high]).all() and found.parameter == pytest.approx(0.3, rel=0.5)
    assert FAST.interval == "no noise model"


def test_estimates_say_what_their_intervals_rest_on():
    runs = density_trajectories("d", np.array([0.3]), noisy_runs(0.3, 1, "said"), RUN_TIMES[None], {}, {})
    said = {"no noise model": {}, "noise model": {"noise": NOISE}, "calibrated": {"noise": NOISE, "threshold": 4.0}}
    for interval, options in said.items():
        search = inference.ParameterSearch(mean_field_curve, RUN_TIMES, BOUNDS, **options)
        table = inference.estimates_of(runs, lambda times, search=search: search)
        assert table["interval"].tolist() == [interval]
        assert table["low"].isna().all() == (interval == "no noise model")


def test_weights_of_the_noise_beat_least_squares():
    runs = noisy_runs(0.3, 60, "weights")
    errors = {}
    for name, noise in (("weighted", NOISE), ("plain", None)):
        search = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, noise=noise)
        errors[name] = np.std([np.log(search.estimate(values).parameter) for values in runs])
    assert errors["weighted"] < 0.9 * errors["plain"]


@pytest.mark.parametrize("claimed", [None, Noise(NOISE.times, NOISE.log_sd - np.log(3.0), MEMORY)])
@pytest.mark.parametrize("true", [NOISE, WHITE], ids=["correlated", "white"])
def test_calibrated_intervals_cover_whatever_the_noise_model_claims(true, claimed):
    """500 runs calibrate, others are covered, by no noise model and by one that claims a third of the noise. Twice the
    variance of a single count, so bounds of a false alarm of 0.1 % are √2 times as far."""
    search = inference.ParameterSearch(mean_field_curve, RUN_TIMES, BOUNDS, noise=claimed, grid=60)
    ratios = [search.likelihood_ratio(values, 0.3) for values in noisy_runs(0.3, 500, "calibration", true)]
    threshold = inference.calibrated_threshold(ratios, averaged=10**6)
    found = covered(0.3, noisy_runs(0.3, 500, "interval", true), noise=claimed, threshold=threshold)
    low, high = found.allowed
    assert 0.9 - np.sqrt(2) * (0.9 - low) <= found.share <= 0.9 + np.sqrt(2) * (high - 0.9)


def test_runs_that_made_the_mean_calibrate_for_new_ones():
    """Means of three: squared deviations of their runs are half of those of new ones. 3,000 of either, so that bounds
    of 0.03 are those of a false alarm of 1e-4; without the correction 0.755 would be covered."""
    seen, new = generator("seen").normal(size=(1000, 3)), generator("new").normal(size=(1000, 3))
    mean = seen.mean(axis=1, keepdims=True)
    threshold = inference.calibrated_threshold(np.ravel((seen - mean) ** 2), averaged=3)
    assert np.mean((new - mean) ** 2 <= threshold) == pytest.approx(0.9, abs=0.03)


def test_the_calibrated_threshold_is_the_conformal_quantile():
    assert inference.calibrated_threshold(range(1, 100), 25) == 90.0 * 26 / 24
    assert inference.calibrated_threshold(range(9), 2) == 8.0 * 3
    assert inference.calibrated_threshold(range(8), 25) is None
    assert inference.calibrated_threshold(range(99), 1) is None


def test_averages_as_a_model_are_the_averages():
    rates, times = np.array([0.5, 1.0, 2.0]), np.linspace(0.0, 20.0, 60)
    curves = np.stack([mean_field.density(times / p, 0.05, p, p / 2) * (1 + p / 10) for p in rates])
    data = density_trajectories("d", rates, curves, times / rates[:, None], {}, {})
    model = mean_curves(data)(times / 1.0)
    np.testing.assert_allclose(model(1.0), curves[1], atol=1e-12)
    np.testing.assert_allclose(model(5.0)[-1], curves[2, -1], atol=1e-12)
    between = mean_curves(data)(times / 1.5)(1.5)
    np.testing.assert_allclose(between, (curves[1] + curves[2]) / 2, atol=1e-12)

"""Standard errors of medians against a closed form; shares of runs that intervals of 90 % may hold."""

import numpy as np
import pandas as pd
import pytest
from eqlearn.coverage import Coverage, coverage_of
from eqlearn.medians import median_with_error, with_error
from eqlearn.random import generator


def test_the_standard_error_of_a_median_is_that_of_normal_samples():
    """Its square is π/2 of the variance of the mean. The bootstrap's varies by n^(-1/4), 32 % at 101 values, so 40
    samples leave 5 %; 3 of these, and its known excess of up to 10 %, are allowed."""
    samples = [generator("normal", draw=draw).normal(size=101) for draw in range(40)]
    errors = [median_with_error(sample)[1] for sample in samples]
    assert np.mean(errors) == pytest.approx(np.sqrt(np.pi / 2 / 101), rel=0.25)
    assert median_with_error(1e9 * samples[0])[1] == pytest.approx(1e9 * errors[0], rel=1e-12)


def test_what_two_methods_share_drops_out():
    hard, own = generator("hard").lognormal(size=50), generator("own").normal(0.0, 0.01, (2, 50))
    one, other = hard + own
    apart, error = median_with_error(one, other)
    assert apart == np.median(one) - np.median(other)
    assert error < 0.2 * median_with_error(one)[1]


def test_draws_are_the_same_in_every_run():
    assert median_with_error(np.arange(9.0)) == median_with_error(np.arange(9.0))


@pytest.mark.parametrize(
    ("values", "median"), [([0.1, np.inf, 0.2, np.inf], np.inf), ([0.1, 0.2, np.inf], 0.2), ([3.0], 3.0)]
)
def test_a_median_that_may_be_infinite_has_no_standard_error(values, median):
    found, error = median_with_error(np.array(values))
    assert found == median and np.isnan(error)
    assert "±" not in with_error(found, error)


@pytest.mark.parametrize(("runs", "low", "high"), [(500, 0.856, 0.944), (2000, 0.878, 0.922)])
def test_allowed_shares_are_those_of_a_binomial_interval(runs, low, high):
    allowed = Coverage(0.9, runs).allowed
    assert np.round(allowed, 3) == pytest.approx((low, high))
    for share, verdict in ((low, "right"), (low - 0.001, "too short"), (high, "right"), (high + 0.001, "too long")):
        assert Coverage(share, runs).verdict == verdict
    assert Coverage(0.1, 499).verdict == "too few runs"


def test_runs_without_an_interval_leave_no_coverage():
    runs = pd.DataFrame({"parameter_value": 1.0, "low": [0.5, 1.5, np.nan], "high": [2.0, 2.0, 2.0]})
    assert coverage_of(runs[:2]) == Coverage(0.5, 2)
    assert np.isnan(coverage_of(runs).share) and coverage_of(runs).verdict == "none printed"

"""When a trajectory is recorded: equally spaced, to a fixed end or to a multiple of the growth time."""

import numpy as np
import pytest
from eqlearn.datasets.sampling import Sampling
from eqlearn.errors import InputError


@pytest.mark.parametrize("rate", [0.01, 0.37, 5.0])
def test_paper_times_end_at_forty_over_the_rate(rate):
    times = Sampling(100, growth_times=20.0).times(rate / 2)
    np.testing.assert_allclose(times, np.linspace(0.0, 40.0 / rate, 100), rtol=1e-15)


@pytest.mark.parametrize("growth", [-1.0, 0.0, 2.5])
def test_fixed_end_does_not_ask_for_the_growth(growth):
    np.testing.assert_array_equal(Sampling(5, end=20.0).times(growth), [0.0, 5.0, 10.0, 15.0, 20.0])


@pytest.mark.parametrize("growth", [0.0, -0.25])
def test_times_cannot_scale_with_growth_that_is_not_positive(growth):
    with pytest.raises(InputError, match=f"net growth rate is {growth:g}, must be positive; set end instead"):
        Sampling(100, growth_times=20.0).times(growth)

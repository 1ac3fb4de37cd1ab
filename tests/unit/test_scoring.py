"""Errors of trajectories by hand and by closed forms; a blow-up is infinitely wrong."""

import numpy as np
import pandas as pd
import pytest
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.datasets.mean_field import density
from eqlearn.equation import Equation
from eqlearn.polynomial_flow import LIMIT
from eqlearn.scoring import predicted, predicted_alone, trajectory_mse
from unit.numeric_truths import MEAN_FIELD, RATE

RATES = np.array([0.5, 1.0, 1.0, 2.0])
TIMES = np.stack([np.linspace(0.0, 10.0 / rate, 9) for rate in RATES])


def dataset(states: np.ndarray) -> ParametricDataset:
    """Trajectories (4, 9) at RATES and TIMES whose nominal start, 0.1, need not be the first sample."""
    return ParametricDataset(
        name="scored",
        parameter=Quantity(RATE),
        values=RATES,
        state=(Quantity("C"),),
        features=states[:, :, None],
        time_axis=Quantity("time"),
        time=TIMES,
        attributes={"initial_state": 0.1, "time_scale": RATE},
    )


MEAN_FIELD_STATES = np.stack([density(times, 0.1, rate, rate / 2) for rate, times in zip(RATES, TIMES)])


def test_mse_by_hand():
    states = np.zeros((4, 9))
    states[0, :3], states[1, 8], states[3] = (1.0, -2.0, 2.0), 0.3, 0.5
    np.testing.assert_allclose(trajectory_mse(states, dataset(np.zeros((4, 9)))), [1.0, 0.01, 0.0, 0.25], rtol=1e-14)


@pytest.mark.parametrize("value", [LIMIT, -LIMIT, 2 * LIMIT])
def test_one_sample_at_the_limit_is_infinitely_wrong(value):
    states = np.zeros((4, 9))
    states[1, 8] = value
    np.testing.assert_array_equal(trajectory_mse(states, dataset(np.zeros((4, 9)))), [0.0, np.inf, 0.0, 0.0])


def test_a_prediction_that_is_missing_has_no_error():
    states = np.zeros((4, 9))
    states[2] = np.nan
    np.testing.assert_array_equal(trajectory_mse(states, dataset(np.zeros((4, 9)))), [0.0, 0.0, np.nan, 0.0])


def test_predictions_start_from_the_nominal_state_and_follow_the_closed_form():
    data = dataset(MEAN_FIELD_STATES + 0.02)
    np.testing.assert_allclose(predicted(MEAN_FIELD, data), MEAN_FIELD_STATES, atol=1e-10)
    np.testing.assert_allclose(trajectory_mse(predicted(MEAN_FIELD, data), data), 0.02**2, rtol=1e-7)


@pytest.mark.parametrize("template", ["p*C**2", "p*C*sqrt(C**2)"], ids=["polynomial", "general"])
def test_an_equation_that_blows_up_is_infinitely_wrong(template):
    data = dataset(MEAN_FIELD_STATES)  # the solution 1/(10 - p·t) is lost at the last time, where p·t = 10
    errors = trajectory_mse(predicted(Equation(template, ("C",), RATE, "dC/dt", {}), data), data)
    np.testing.assert_array_equal(errors, np.inf)


def test_equations_of_single_rates_apply_where_they_were_learned():
    table = pd.DataFrame(
        [
            (0.5, "alone", 1, 0.5),
            (0.5, "alone", 2, -1.0),
            (1.0, "alone", 2, -1.0),
            (1.0, "alone", 1, 0.5),
            (1.0, "common", 3, 7.0),
            (2.0, "common", 1, 0.5),
        ],
        columns=["parameter_value", "model", "power", "coefficient"],
    )
    data = dataset(MEAN_FIELD_STATES)
    states = predicted_alone(table, data)
    np.testing.assert_allclose(states[:3], MEAN_FIELD_STATES[:3], atol=1e-10)
    assert np.isnan(states[3]).all()

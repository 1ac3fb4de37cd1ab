"""Recovery rates and errors over repeated runs, by hand."""

import numpy as np
import pandas as pd
import pytest
from eqlearn.networks.scores import recovery

# Seven runs: function, noise, recovered, coefficient error (none where the structure is wrong), right trials of 8.
RUNS = [
    ("f1", 0.01, True, 0.1, 8),
    ("f1", 0.01, True, 0.3, 6),
    ("f1", 0.01, True, 0.15, 8),
    ("f1", 0.01, False, np.nan, 0),
    ("f1", 0.05, False, np.nan, 1),
    ("f2", 0.01, True, 0.7, 4),
    ("f2", 0.01, False, np.nan, 0),
]


@pytest.fixture(scope="module")
def rates() -> pd.DataFrame:
    columns = ["function", "noise", "recovered", "coefficient_error", "trials_right"]
    table = pd.DataFrame(RUNS, columns=columns).assign(learner="seql.refined", trials=8)
    return recovery(table, ["function", "noise", "learner"]).set_index(["function", "noise"])


def test_runs_are_counted_by_function_and_noise_with_wilson_intervals(rates):
    assert rates["runs_right"].tolist() == [3, 0, 1]
    assert rates["runs"].tolist() == [4, 1, 2]
    z, n, share = 1.959963984540054, 4, 0.75
    middle, half = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    expected = [(middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)]
    assert rates.loc[("f1", 0.01), ["runs_rate_low", "runs_rate_high"]].tolist() == pytest.approx(expected)
    assert rates["trials_right"].tolist() == [22, 1, 4]


def test_errors_of_coefficients_are_those_of_the_right_runs(rates):
    assert rates.loc[("f1", 0.01), "coefficient_error_median"] == pytest.approx(0.15)
    assert rates.loc[("f1", 0.01), "coefficient_error_worst"] == pytest.approx(0.3)
    assert np.isnan(rates.loc[("f1", 0.05), "coefficient_error_median"])
    assert rates.loc[("f2", 0.01), "coefficient_error_worst"] == pytest.approx(0.7)

"""A table's way to a dataset: import, then differentiation only where the table has no rates."""

import numpy as np
import pandas as pd
import pytest
from conftest import CODE
from differentiate import differentiate
from eqlearn.dataset import read_dataset
from eqlearn.errors import InputError
from import_table import import_table

TIMES = np.linspace(0, 4, 30)
QUANTITIES = {
    "parameter": {"name": "R_p", "unit": "1/h"},
    "time": {"name": "time", "unit": "h"},
    "state": {"name": "N", "unit": "cells"},
}


@pytest.fixture
def table(tmp_path):
    """N = exp(p·t), and a column of rates that is not its derivative."""
    rows = [(p, t, np.exp(p * t), 7 * p) for p in (0.5, 1.0) for t in TIMES]
    path = tmp_path / "growth.csv"
    pd.DataFrame(rows, columns=["rate", "hours", "cells", "slope"]).to_csv(path, index=False)
    return path


def dataset_of(table, method, **columns):
    folder = table.parent
    roles = {"parameter": "rate", "time": "hours", "state": "cells", **columns}
    meaning = {"columns": roles, "quantities": QUANTITIES, "initial_state": "data", "time_scale": "none"}
    import_table(table=table, trajectories=folder / "t.nc", dataset="growth", **meaning, code=CODE)
    differentiate(trajectories=folder / "t.nc", dataset=folder / "d.nc", method=method, code=CODE)
    return read_dataset(folder / "d.nc")


def test_rates_of_the_table_stay_as_they_are(table):
    data = dataset_of(table, None, rate="slope")
    np.testing.assert_array_equal(data.target, np.repeat([[3.5], [7.0]], TIMES.size, axis=1))


def test_a_table_without_rates_is_differentiated(table):
    data = dataset_of(table, "smoothing_spline", rate=None)
    inside = slice(5, -5)  # a natural spline is less exact at its ends
    expected = data.values[:, None] * np.exp(data.values[:, None] * data.time)
    np.testing.assert_allclose(data.target[:, inside], expected[:, inside], rtol=1e-3)
    assert data.state[0].name == "N"


def test_a_dataset_knows_its_table_but_not_where_it_lay(table):
    data = dataset_of(table, "smoothing_spline")
    assert data.attributes["source"] == "growth.csv"
    assert data.attributes["initial_state"] == "data"
    assert not any(str(table.parent) in str(value) for key, value in data.attributes.items() if key != "file")


def test_uneven_times_are_refused_by_the_methods_that_need_even_ones(table):
    frame = pd.read_csv(table)
    frame["hours"] **= 2
    frame.to_csv(table, index=False)
    with pytest.raises(InputError, match=r"at R_p 0.5: moving_mean: times are uneven"):
        dataset_of(table, "moving_mean")

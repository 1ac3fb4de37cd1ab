"""Studies: streams of their own whatever the batches, averages equal to NumPy's, extinction, single runs."""

import numpy as np
import pytest
import xarray as xr
from eqlearn.datasets import simulations
from eqlearn.datasets.birth_death_migration import Lattice, Rates
from eqlearn.datasets.replicates import averages, merged, single_runs
from eqlearn.datasets.sampling import Sampling
from eqlearn.datasets.simulations import Study, simulate_batch
from eqlearn.errors import InputError
from eqlearn.random import generator

LATTICE = Lattice(6, 8)
VALUES = (0.5, 1.0, 2.0)


def study(name: str = "tiny", initial: float = 0.25, lattice: Lattice = LATTICE) -> Study:
    return Study(name, lattice, 1.0, 0.5, initial, Sampling(7, growth_times=4.0))


ALL = simulate_batch(study(), "averages", VALUES, 4)


def test_batches_do_not_change_a_count():
    apart = [simulate_batch(study(), "averages", [value], 4) for value in VALUES]
    xr.testing.assert_identical(merged(apart), ALL)
    xr.testing.assert_identical(merged([apart[2], apart[0], apart[1]]), ALL)
    xr.testing.assert_identical(merged([simulate_batch(study(), "averages", VALUES[:2], 4), apart[2]]), ALL)


def test_more_replicates_leave_the_first_as_they_are():
    more = simulate_batch(study(), "averages", VALUES, 6)
    xr.testing.assert_identical(more.isel(replicate=slice(4)), ALL)


def test_a_parameter_value_in_two_batches_is_refused_by_name():
    batch = simulate_batch(study(), "averages", [0.5], 1)
    with pytest.raises(InputError, match=r"parameter value 0\.5 occurs twice"):
        merged([batch, simulate_batch(study(), "averages", [1.0], 1), batch])


def test_times_scale_with_the_net_growth():
    expected = [np.linspace(0.0, 4.0 / (value / 2), 7) for value in VALUES]
    np.testing.assert_allclose(ALL["time"], expected, rtol=1e-15)


def test_rates_are_migration_proliferation_and_its_share_of_death():
    assert study().rates(3.0) == Rates(migration=1.0, proliferation=3.0, death=1.5)


def test_every_run_of_a_study_starts_a_stream_of_its_own(monkeypatch):
    streams = []

    def recorded(*parts: str, **named: object) -> np.random.Generator:
        random = generator(*parts, **named)
        streams.append(repr(random.bit_generator.state))
        return random

    monkeypatch.setattr(simulations, "generator", recorded)
    values, replicates = np.round(np.arange(1, 6) * 0.1, 1), 3
    for purpose in ("averages", "single_runs"):
        for name in ("one", "two"):
            for initial in (0.05, 0.25):
                simulate_batch(study(name, initial, Lattice(2, 2)), purpose, values, replicates)
    assert len(set(streams)) == len(streams) == 2 * 2 * 2 * values.size * replicates


def test_averages_are_numpys():
    data = averages("mean", LATTICE, ALL, {"initial_state": 0.25})
    density = ALL["agents"].values / 48
    np.testing.assert_allclose(data.features[:, :, 0], np.mean(density, axis=1), rtol=1e-14)
    np.testing.assert_allclose(data.extra["C_sd"], np.std(density, axis=1, ddof=1), rtol=1e-12, atol=1e-16)
    np.testing.assert_array_equal(data.values, VALUES)
    np.testing.assert_array_equal(data.time, ALL["time"])
    assert (data.state[0].name, data.attributes["initial_state"]) == ("C", 0.25)


def counts(agents: list, pairs: list) -> xr.Dataset:
    """A study of one parameter value from counts (replicate, sample)."""
    dims = ("parameter", "replicate", "sample")
    agents, pairs = np.array([agents], np.int32), np.array([pairs], np.int32)
    times = np.arange(agents.shape[2], dtype=float)[None, :]
    variables = {"agents": (dims, agents), "pairs": (dims, pairs), "time": (("parameter", "sample"), times)}
    return xr.Dataset(variables, {"parameter_value": ("parameter", [0.5])})


def test_pair_correlation_ignores_extinct_replicates_and_ends_with_the_last():
    # On 2 x 2 sites with 4 bonds F = pairs·16/(4·agents²).
    data = averages(
        "extinct", Lattice(2, 2), counts([[4, 2, 0], [2, 0, 0], [3, 2, 0]], [[4, 1, 0], [0, 0, 0], [2, 0, 0]]), {}
    )
    f = np.array([[1.0, 1.0], [0.0, np.nan], [8 / 9, 0.0]])
    np.testing.assert_allclose(data.extra["pair_correlation"], [[f[:, 0].mean(), 0.5, np.nan]], rtol=1e-14)
    spread = [[f[:, 0].std(ddof=1), np.sqrt(0.5), np.nan]]
    np.testing.assert_allclose(data.extra["pair_correlation_sd"], spread, rtol=1e-14)
    np.testing.assert_allclose(data.features[0, :, 0], [3 / 4, 1 / 3, 0.0], rtol=1e-14)


def test_one_replicate_has_a_mean_but_no_spread():
    data = averages("single", Lattice(2, 2), counts([[2, 1]], [[1, 0]]), {})
    assert np.isnan(data.extra["C_sd"]).all() and np.isnan(data.extra["pair_correlation_sd"]).all()
    np.testing.assert_allclose(data.features[0, :, 0], [0.5, 0.25])


def test_single_runs_are_the_replicates_one_after_another():
    data = single_runs("runs", LATTICE, ALL, {})
    np.testing.assert_array_equal(data.values, np.repeat(VALUES, 4))
    for row, (i, replicate) in enumerate(np.ndindex(3, 4)):
        np.testing.assert_allclose(data.features[row, :, 0], ALL["agents"].values[i, replicate] / 48, rtol=1e-15)
        np.testing.assert_array_equal(data.time[row], ALL["time"].values[i])


def test_averages_and_single_runs_of_one_study_differ():
    other = simulate_batch(study(), "single_runs", VALUES, 4)
    assert (other["agents"] != ALL["agents"]).any(dim="sample").all()

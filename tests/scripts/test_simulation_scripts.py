"""Scripts from simulation to datasets."""

import numpy as np
import pytest
from conftest import CODE, SIMULATION
from differentiate import differentiate
from eqlearn.dataset import read_dataset
from eqlearn.errors import InputError
from eqlearn.netcdf import read_netcdf
from merge_simulations import merge_simulations
from simulate_birth_death_migration import simulate_birth_death_migration
from simulate_snapshots import simulate_snapshots

STUDY = {"study": "bdm", "initial_density": 0.25, "settings": SIMULATION, "code": CODE}


def simulate(folder, name: str, values: list[float], purpose: str = "averages"):
    counts = folder / f"{name}.nc"
    simulate_birth_death_migration(counts=counts, purpose=purpose, values=values, replicates=4, **STUDY)
    return counts


def merge(folder, batches: list, purpose: str = "averages"):
    trajectories = folder / f"{purpose}.nc"
    merge_simulations(
        batches=batches,
        trajectories=trajectories,
        dataset="bdm-c0.25",
        initial_density=0.25,
        purpose=purpose,
        settings=SIMULATION,
        time_scale="proliferation_rate",
        code=CODE,
    )
    return trajectories


def test_merged_batches_are_sorted_averages(tmp_path):
    batches = [simulate(tmp_path, "a", [0.5, 2.0]), simulate(tmp_path, "b", [1.0])]
    data = read_dataset(merge(tmp_path, batches))
    assert data.values.tolist() == [0.5, 1.0, 2.0]
    counts = read_netcdf(batches[1])
    np.testing.assert_array_equal(data.features[1, :, 0], (counts["agents"].values[0] / 400).mean(axis=0))
    assert data.attributes["initial_state"] == 0.25
    assert set(data.extra) == {"C_sd", "C_lag_correlation", "pair_correlation", "pair_correlation_sd"}


def test_single_runs_are_trajectories_of_their_own(tmp_path):
    data = read_dataset(merge(tmp_path, [simulate(tmp_path, "a", [0.5, 1.0], "single_runs")], "single_runs"))
    assert data.values.tolist() == [0.5] * 4 + [1.0] * 4
    assert len({run.tobytes() for run in data.features}) == 8


def test_averages_and_single_runs_never_share_a_stream(tmp_path):
    averaged, single = (
        read_netcdf(simulate(tmp_path, p, [1.0], p))["agents"].values for p in ("averages", "single_runs")
    )
    assert not {run.tobytes() for run in averaged[0]} & {run.tobytes() for run in single[0]}


def test_a_value_in_two_batches_is_refused(tmp_path):
    batches = [simulate(tmp_path, "a", [0.5]), simulate(tmp_path, "b", [0.5, 1.0])]
    with pytest.raises(InputError, match=r"0\.5 occurs twice"):
        merge(tmp_path, batches)


def test_the_rate_is_the_target_and_the_state_is_kept(tmp_path):
    trajectories = merge(tmp_path, [simulate(tmp_path, "a", [0.5, 1.0])])
    dataset = tmp_path / "dataset.nc"
    differentiate(trajectories=trajectories, dataset=dataset, method="central_difference", code=CODE)
    before, after = read_dataset(trajectories), read_dataset(dataset)
    np.testing.assert_array_equal(before.features, after.features)
    np.testing.assert_allclose(after.target[1], np.gradient(after.features[1, :, 0], after.time[1]))
    assert (after.rate.name, after.rate.unit) == ("dC/dt", "agents/site/time")
    assert after.attributes["trajectories_digest"] == before.digest()


def test_snapshots_show_the_agents_that_were_counted(tmp_path):
    path = tmp_path / "snapshots.nc"
    simulate_snapshots(snapshots=path, values=[1.0, 2.0], samples=[0, 29], **STUDY)
    data = read_netcdf(path)
    density = data["density"].values[:, data["snapshot_sample"].values]
    np.testing.assert_allclose(data["occupancy"].values.mean(axis=(2, 3)), density)
    assert data["mean_field"].values[0, 0] == 0.25

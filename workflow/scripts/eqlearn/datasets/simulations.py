"""Studies of the birth-death-migration model: many parameter values, many replicates, in any batches."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from tqdm import tqdm

from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.birth_death_migration import Lattice, Rates, Recording, pair_correlation, simulate
from eqlearn.datasets.sampling import Sampling, density_trajectories
from eqlearn.errors import InputError
from eqlearn.noise import LAG, SD
from eqlearn.random import generator


@dataclass(frozen=True)
class Study:
    """What is the same for all experiments of a study at one initial density; the rates are per unit time."""

    name: str
    lattice: Lattice
    migration_rate: float
    death_fraction: float
    initial_density: float
    sampling: Sampling

    def rates(self, proliferation: float) -> Rates:
        """Rates of one experiment; death is a fraction of proliferation."""
        return Rates(self.migration_rate, proliferation, self.death_fraction * proliferation)

    def times(self, proliferation: float) -> np.ndarray:
        """Recording times (S,) of one experiment."""
        return self.sampling.times(proliferation * (1.0 - self.death_fraction))

    def run(self, purpose: str, proliferation: float, replicate: int, *, snapshots: bool = False) -> Recording:
        """One simulation. Its random stream depends on its purpose, study, parameter and replicate alone."""
        random = generator(purpose, self.name, c0=self.initial_density, p=proliferation, replicate=replicate)
        occupancy = self.lattice.random_occupancy(self.initial_density, random)
        times = self.times(proliferation)
        return simulate(self.lattice, self.rates(proliferation), occupancy, times, random, snapshots=snapshots)


def simulate_batch(study: Study, purpose: str, values: Sequence[float], replicates: int) -> xr.Dataset:
    """Counts of agents and of occupied pairs, (parameter, replicate, sample), for some parameter values."""
    shape = (len(values), replicates, study.sampling.samples)
    agents, pairs = np.empty(shape, np.int32), np.empty(shape, np.int32)
    with tqdm(total=len(values) * replicates, desc="simulations", mininterval=5) as progress:
        for i, value in enumerate(values):
            for replicate in range(replicates):
                recording = study.run(purpose, value, replicate)
                agents[i, replicate], pairs[i, replicate] = recording.agents, recording.pairs
                progress.update()
    dims = ("parameter", "replicate", "sample")
    times = np.stack([study.times(value) for value in values])
    variables = {"agents": (dims, agents), "pairs": (dims, pairs), "time": (("parameter", "sample"), times)}
    return xr.Dataset(variables, {"parameter_value": ("parameter", np.array(values, float))})


def merged(batches: Iterable[xr.Dataset]) -> xr.Dataset:
    """One study from its batches, by increasing parameter; InputError where a value occurs twice."""
    study = xr.concat(list(batches), dim="parameter").sortby("parameter_value")
    values = study["parameter_value"].values
    if (np.diff(values) <= 0).any():
        raise InputError(f"simulations: parameter value {values[1:][np.diff(values) <= 0][0]} occurs twice.")
    return study


def averages(name: str, lattice: Lattice, study: xr.Dataset, attributes: dict) -> ParametricDataset:
    """Trajectories averaged over replicates, with their standard deviations and the pair correlation."""
    agents = study["agents"].values
    density = agents / lattice.sites
    correlation = pair_correlation(lattice, agents, study["pairs"].values)
    extra = {SD: _over_replicates(np.nanstd, density, ddof=1), LAG: lag_correlation(density)}
    extra["pair_correlation"] = _over_replicates(np.nanmean, correlation)
    extra["pair_correlation_sd"] = _over_replicates(np.nanstd, correlation, ddof=1)
    values, times = study["parameter_value"].values, study["time"].values
    return density_trajectories(name, values, density.mean(axis=1), times, extra, attributes)


def lag_correlation(values: np.ndarray) -> np.ndarray:
    """Correlation (P, S) over replicates of values (P, R, S) with those one sample before.

    NaN at the first sample and where nothing varies.
    """
    deviation = values - values.mean(axis=1, keepdims=True)
    covariance = np.sum(deviation[:, :, 1:] * deviation[:, :, :-1], axis=1)
    sizes = np.linalg.norm(deviation, axis=1)
    correlation = np.full((values.shape[0], values.shape[2]), np.nan)
    with np.errstate(invalid="ignore"):
        correlation[:, 1:] = covariance / (sizes[:, 1:] * sizes[:, :-1])
    return correlation


def _over_replicates(statistic: Callable, values: np.ndarray, **options: int) -> np.ndarray:
    """Statistic (P, S) over the replicates that have a value; NaN where too few have one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # 'mean of empty slice' is what NaN says
        return statistic(values, axis=1, **options)


def single_runs(name: str, lattice: Lattice, study: xr.Dataset, attributes: dict) -> ParametricDataset:
    """Every replicate as a trajectory of its own; a parameter value then occurs once per replicate."""
    n_replicate, n_sample = study["agents"].shape[1:]
    density = (study["agents"].values / lattice.sites).reshape(-1, n_sample)
    values = np.repeat(study["parameter_value"].values, n_replicate)
    return density_trajectories(
        name, values, density, np.repeat(study["time"].values, n_replicate, axis=0), {}, attributes
    )

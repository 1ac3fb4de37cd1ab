"""Simulated batches as datasets: averages over replicates, or every run as a trajectory of its own."""

import warnings
from collections.abc import Callable, Iterable

import numpy as np
import xarray as xr

from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.birth_death_migration import Lattice, pair_correlation
from eqlearn.datasets.sampling import STATE, density_trajectories
from eqlearn.errors import InputError
from eqlearn.noise import scatter


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
    extra = scatter(STATE, density)
    extra["pair_correlation"] = _over_replicates(np.nanmean, correlation)
    extra["pair_correlation_sd"] = _over_replicates(np.nanstd, correlation, ddof=1)
    values, times = study["parameter_value"].values, study["time"].values
    return density_trajectories(name, values, density.mean(axis=1), times, extra, attributes)


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

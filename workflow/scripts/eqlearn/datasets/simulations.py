"""Studies of the birth-death-migration model: many parameter values, many replicates, in any batches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from tqdm import tqdm

from eqlearn.datasets.birth_death_migration import Lattice, Rates, Recording, simulate
from eqlearn.datasets.sampling import Sampling
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

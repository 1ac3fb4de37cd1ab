"""SEQL and HEQL on trajectories of one state: networks propose terms, trajectories decide (paper B on data of A).

A network learns the rate dC/dt as a polynomial of C without constant, whose coefficients differ between parameter
values. From there on its structure is one like any other.

DEVIATES from a network that is read and believed, on purpose:
- rates are differences of neighbouring samples, smoothed where there is noise; their errors ask for terms that the
  trajectories do not need, so every part of a trial's structure competes with it on the trajectories;
- coefficients are those of the trajectories, in scaled time p·t and weighted by noise, joined over all of the
  parameter as in OAT ME-EQL: a network's own end between the parameter values that it was trained on.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError
from eqlearn.learners import oat, oat_study
from eqlearn.learners.experiment import Library, Powers, experiments_of, require_usable
from eqlearn.learners.learned import Learned
from eqlearn.learners.needs import NETWORK_TERMS
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.form import Form, structure_of
from eqlearn.networks.readout import read_form
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.noise import noise_of

HIGHEST = 10  # power of C; the library of the other learners ends there
CANDIDATES, MAX_DEGREE = 3, 8  # supports of a size that are refitted, degree of joining polynomials: as in OAT ME-EQL


@dataclass(frozen=True)
class Proposed(Library):
    """The ``structures`` that trials proposed, and every part of them."""

    structures: tuple[Powers, ...] = ()

    @classmethod
    def of(cls, structures: Iterable[Powers]) -> "Proposed":
        """A library as wide as the structures, of which there is one at least."""
        given = tuple(sorted(set(structures)))
        return cls(max(powers[-1] for powers in given), max(map(len, given)), given)

    def supports(self) -> tuple[Powers, ...]:
        """All supports, smallest first."""
        parts = {part for s in self.structures for size in range(1, len(s) + 1) for part in combinations(s, size)}
        return tuple(sorted(parts, key=lambda powers: (len(powers), powers)))


@dataclass(frozen=True)
class LearnedByNetwork:
    """What was learned, the network trained on rates of unit size, and a table with a row per trial: its errors there,
    the powers it proposed, and whether the terms that were chosen are among them."""

    learned: Learned
    trained: TrainedNetwork
    trials: pd.DataFrame


def learn(
    data: ParametricDataset,
    network: NetworkSettings,
    name: str,
    provenance: dict,
    device: str = "cpu",
    progress: Callable[[Iterable], Iterable] = lambda items: items,
) -> LearnedByNetwork:
    """Train on all experiments of a dataset, whose parameter must be positive, and learn one equation.

    ``name`` seeds the trials; ``progress`` wraps what is gone through, such as tqdm. InputError where the data cannot
    be learned from, or no trial ends in powers of the state alone.
    """
    _require_varying(data)
    trained, errors = fit_network(_of_unit_size(data), network, name, device, progress)
    read = [_read(trained, trial, data.state[0].name) for trial in progress(range(trained.trials))]
    table = errors.join(pd.DataFrame(read))
    structures = [tuple(map(int, text.split())) for text in table["powers"]]
    if not any(structures):
        raise InputError(
            f"{data.name}: no trial ended in powers of {data.state[0].name} alone, {HIGHEST} at most: "
            f"{'; '.join(table['unread'])}; train for more epochs, or regularise more."
        )
    experiments = experiments_of(data, Proposed.of(filter(None, structures)), noise_of(data), "trajectory", progress)
    powers = oat.common_support(experiments, CANDIDATES)
    learned = oat_study.joined(data, experiments, powers, MAX_DEGREE, provenance)
    return LearnedByNetwork(learned, trained, table.assign(proposed=[set(powers) <= set(s) for s in structures]))


def _of_unit_size(data: ParametricDataset) -> ParametricDataset:
    """The rates over their root mean square at every parameter value: they grow with it, and most samples lie at the
    plateau, where they are 0, so that neither their own size nor their largest tells a network what an error costs."""
    if data.target is None:
        return data
    size = np.sqrt(np.mean(data.target**2, axis=1, keepdims=True))
    return dataclasses.replace(data, target=data.target / np.where(size > 0, size, 1.0))


def _read(trained: TrainedNetwork, trial: int, state: str) -> dict[str, str]:
    """Structure of a trial and its powers of the state, as text, or why there are none."""
    try:
        form = read_form(trained, trial, (state,))
    except InputError as error:
        return {"structure": "", "powers": "", "unread": str(error)}
    powers, structure = powers_in(form, state), structure_of(form)
    return {
        "structure": structure,
        "powers": " ".join(map(str, powers)),
        "unread": "" if powers else f"trial {trial}: its equation is {structure}",
    }


def powers_in(form: Form, state: str) -> Powers:
    """Powers of the state that a form consists of; none where there is anything else in it."""
    named = {f"{state}**{power}" if power > 1 else state: power for power in range(1, HIGHEST + 1)}
    skeletons = [term.skeleton for term in form.terms]
    return tuple(sorted(named[s] for s in skeletons)) if all(s in named for s in skeletons) else ()


def _require_varying(data: ParametricDataset) -> None:
    require_usable(data, NETWORK_TERMS)
    if data.target is not None and np.ptp(data.target) == 0:
        found = f"{data.rate.name} = {data.target[0, 0]:g}"
        raise InputError(f"{data.name}: has {found} throughout, a network needs a target that varies.")

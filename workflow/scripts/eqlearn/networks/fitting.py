"""From a data set to a trained network: the one entry for EQL, SEQL and HEQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch

from eqlearn.dataset import ParametricDataset
from eqlearn.networks.architecture import Architecture, preset
from eqlearn.networks.device import device_of, enough_memory
from eqlearn.networks.evaluation import gated_weights, trial_errors
from eqlearn.networks.network import Leaves, Network
from eqlearn.networks.partition import Partition, partition
from eqlearn.networks.scaling import Scaled, Scaling, scaled, scaling_of
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.networks.training import Schedule, Trainer
from eqlearn.networks.trials import Keeper, Progress, Trained, train, trial_seed


@dataclass(frozen=True)
class NetworkSettings:
    """How networks are built and trained.

    Attributes
    ----------
    network: 'eql', 'seql' or 'heql'; ``preset`` and ``architecture``: see ``Architecture``, changes to the preset.
    trials: independent trainings.
    training: see ``Schedule``.
    parameter_values: number of parameter values that are trained on, evenly spread (None: all).
    held_out: training samples per parameter value that are kept for the choice among trials.
    scale_features, scale_target: see ``scaling_of``.
    """

    network: str
    trials: int
    training: Schedule
    preset: str = "published"
    architecture: Mapping[str, Any] = field(default_factory=dict)
    parameter_values: int | None = None
    held_out: int = 0
    scale_features: bool = True
    scale_target: str = "range"

    def architecture_for(self, features: int) -> Architecture:
        """The architecture for a number of features."""
        choices = {**preset(self.preset, self.network), **self.architecture}
        if "units" in choices:
            choices["units"] = tuple(dict(choices["units"]).items())
        if "meta_units" in choices:
            choices["meta_units"] = tuple(choices["meta_units"])
        return Architecture(self.network, features + (self.network == "eql"), **choices)


@dataclass(frozen=True)
class Prepared:
    """Samples in the network's units: ``seen`` to train on, and ``errors`` to report, by name."""

    partition: Partition
    scaling: Scaling
    seen: Scaled
    errors: dict[str, Scaled]


def prepare(data: ParametricDataset, settings: NetworkSettings) -> Prepared:
    """Split and scale a data set."""
    parts = partition(data, settings.parameter_values, settings.held_out)
    training = parts.training.select(parts.rows)
    scaling = scaling_of(training, settings.scale_features, settings.scale_target)

    def in_units(part: ParametricDataset) -> Scaled:
        return scaled(part, scaling, settings.network == "eql")

    seen = in_units(training)
    errors = {"train": seen, "held_out": in_units(parts.held_out.select(parts.rows))}
    if parts.test is not None:
        errors["test"] = in_units(parts.test.select(parts.rows))
    return Prepared(parts, scaling, seen, errors)


def fit_network(
    data: ParametricDataset,
    settings: NetworkSettings,
    name: str,
    device: str = "cpu",
    progress: Progress = iter,
    keeper: Keeper | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> tuple[TrainedNetwork, pd.DataFrame]:
    """Train all trials; ``name`` seeds them. Gives the network, and a table with a row of errors per trial.

    InputError for data or settings that cannot be trained.
    """
    prepared = prepare(data, settings)
    network = Network(settings.architecture_for(len(data.state)), len(prepared.partition.rows))
    with enough_memory(settings.trials):
        trainer = Trainer(network, prepared.seen, settings.training, device_of(device))
        found = train(trainer, name, settings.trials, progress, keeper)
    trained = trained_network(network, found.leaves, found, prepared, attributes or {})
    draws = [torch.Generator().manual_seed(trial_seed(f"{name}|test draw", k, 0)) for k in range(settings.trials)]
    table = trial_errors(network, found.leaves, prepared.errors, prepared.scaling, draws)
    gates = [trained.open_gates(trial) for trial in range(settings.trials)]
    return trained, table.assign(restarts=found.restarts.numpy(), open_gates=np.array(gates))


def trained_network(
    network: Network, leaves: Leaves, found: Trained, prepared: Prepared, attributes: Mapping[str, Any]
) -> TrainedNetwork:
    """The product of a training, whose network ended with ``leaves``."""
    rows = prepared.partition.rows
    return TrainedNetwork(
        network.architecture,
        gated_weights(network, leaves, prepared.seen.parameter),
        prepared.partition.domain.values[rows],
        rows,
        prepared.scaling,
        found.history.numpy(),
        found.restarts.numpy(),
        dict(attributes),
    )

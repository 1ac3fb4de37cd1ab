"""From a data set of positions to a network that was trained on their images, and what it makes of every image."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from eqlearn.camera import Camera
from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError
from eqlearn.networks.device import device_of, enough_memory
from eqlearn.networks.encoder import Encoder
from eqlearn.networks.evaluation import trial_errors
from eqlearn.networks.fitting import NetworkSettings, Prepared, prepare, trained_network
from eqlearn.networks.images import ImageNetwork, ReluHead
from eqlearn.networks.latent import Latent
from eqlearn.networks.network import GATES, Leaves, Network
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.networks.training import Trainer
from eqlearn.networks.trials import Keeper, Progress, train, trial_seed

BASELINE = "relu"


@dataclass(frozen=True)
class ImageFit:
    """What training gives: the encoder's parameters (T, ...) by name, the latent variables of all images, a table with
    a row of errors per trial, and either the network behind the encoder or, of the baseline, its ``predicted`` target
    (T, P, S) on the test samples."""

    encoder: dict[str, np.ndarray]
    latent: Latent
    table: pd.DataFrame
    trained: TrainedNetwork | None
    predicted: np.ndarray | None


def indexed(data: ParametricDataset) -> tuple[ParametricDataset, np.ndarray, int]:
    """The data set with indices of positions as features, the distinct positions (N,), those of training samples
    first, and the number of these."""
    kind = data.split[0]
    seen = np.unique(data.features[:, kind == "train"])
    positions = np.concatenate([seen, np.setdiff1d(np.unique(data.features), seen)])
    order = np.argsort(positions)
    index = order[np.searchsorted(positions, data.features, sorter=order)]
    return dataclasses.replace(data, features=index.astype(float)), positions, len(seen)


def fit_images(
    data: ParametricDataset,
    camera: Camera,
    settings: NetworkSettings,
    normalisation: str,
    name: str,
    device: str = "cpu",
    progress: Progress = iter,
    keeper: Keeper | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> ImageFit:
    """Train all trials of an encoder with SEQL, HEQL or the ReLU baseline (``relu``) behind it; ``name`` seeds them.

    InputError for data or settings that cannot be trained.
    """
    if settings.network == BASELINE and settings.parameter_values is not None:
        raise InputError(f"parameter_values: is {settings.parameter_values}, must be null for the baseline.")
    numbered, positions, training = indexed(data)
    prepared = prepare(numbered, dataclasses.replace(settings, scale_features=False))
    images = torch.as_tensor(camera.image(positions), dtype=torch.float32)
    head = _head(settings, len(data.state), len(prepared.partition.rows))
    encoder = Encoder(camera.pixels, normalisation=normalisation)
    where = device_of(device)
    network = ImageNetwork(head, encoder, images[:training].to(where))
    with enough_memory(settings.trials):
        trainer = Trainer(network, prepared.seen, settings.training, where)
        found = train(trainer, name, settings.trials, progress, keeper)
    everything = ImageNetwork(head, encoder, images, training)
    draws = [torch.Generator().manual_seed(trial_seed(f"{name}|test draw", k, 0)) for k in range(settings.trials)]
    table = trial_errors(everything, found.leaves, prepared.errors, prepared.scaling, draws)
    table = table.assign(restarts=found.restarts.numpy())
    parameters, latent = _encoded(everything, found.leaves)
    latents = Latent(positions, latent, training)
    if settings.network == BASELINE:
        return ImageFit(parameters, latents, table, None, _predicted(everything, found.leaves, prepared, numbered))
    trained = trained_network(head, found.leaves, found, prepared, attributes or {})
    gates = [trained.open_gates(trial) for trial in range(settings.trials)]
    return ImageFit(parameters, latents, table.assign(open_gates=np.array(gates)), trained, None)


def _head(settings: NetworkSettings, features: int, parameter_values: int) -> Network | ReluHead:
    if settings.network == BASELINE:
        return ReluHead(features)
    return Network(settings.architecture_for(features), parameter_values)


def _encoded(network: ImageNetwork, leaves: Leaves) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Parameters of the encoder by name, with the moments of its normalisation, and latent variables (T, N)."""
    with torch.no_grad():
        named = network.encoder.unpacked(leaves)
        codes = network.encoder.codes(named, network.images)
        training = codes[:, : network.training]
        latent = network.encoder.normalised(named, codes, training)
        variance, mean = torch.var_mean(training, 1, correction=0)
    return _arrays({**named, "mean": mean, "variance": variance}), latent.numpy().astype(float)


def _arrays(named: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in named.items()}


def _predicted(network: ImageNetwork, leaves: Leaves, prepared: Prepared, data: ParametricDataset) -> np.ndarray:
    """Target of the test samples at all parameter values, which the baseline takes as an input."""
    test = np.flatnonzero(data.split[0] == "test")
    index = torch.as_tensor(data.features[:, test].swapaxes(1, 2))[None]
    parameter = torch.as_tensor(data.values / prepared.scaling.parameter, dtype=torch.float32)[None]
    with torch.no_grad():
        weights = network.weights(network.unpacked(leaves), parameter)
        scaled = network.forward(weights, leaves[GATES], index).numpy().astype(float)
    return prepared.scaling.offset[:, None] + scaled * prepared.scaling.target[:, None]

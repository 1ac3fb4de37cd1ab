"""Batches of an epoch, drawn for every trial by its own generator."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from eqlearn.networks.scaling import Scaled


class Batch(NamedTuple):
    """Features (T or 1, B, F, S), target (T or 1, B, S), parameter (T or 1, B), and its rows (T, B) or None for all."""

    features: Tensor
    target: Tensor
    parameter: Tensor
    rows: Tensor | None


class Batches:
    """Splits P parameter values and S samples of a data set into batches of at most ``parameters`` x ``samples``.

    None means all. A remainder that fills no batch is left out of that epoch.
    """

    def __init__(
        self, data: Scaled, parameters: int | None, samples: int | None, device: torch.device, dtype: torch.dtype
    ) -> None:
        def tensor(array: np.ndarray) -> Tensor:
            return torch.as_tensor(np.ascontiguousarray(array), dtype=dtype, device=device)

        self.features, self.target = tensor(data.features.swapaxes(1, 2)), tensor(data.target)
        self.parameter = tensor(data.parameter)
        count, size = data.target.shape
        self.parameters, self.samples = min(parameters or count, count), min(samples or size, size)
        self.per_parameter, self.per_sample = count // self.parameters, size // self.samples

    @property
    def steps(self) -> int:
        """Number of batches of an epoch."""
        return self.per_parameter * self.per_sample

    def epoch(self, generators: list[torch.Generator]) -> Iterator[Batch]:
        """The batches of one epoch."""
        features, target, parameter, rows = self._shuffled(generators)
        for k in range(self.per_parameter):
            p = slice(k * self.parameters, (k + 1) * self.parameters)
            for j in range(self.per_sample):
                s = slice(j * self.samples, (j + 1) * self.samples)
                chosen = None if rows is None else rows[:, p]
                yield Batch(features[:, p, :, s], target[:, p, s], parameter[:, p], chosen)

    def _shuffled(self, generators: list[torch.Generator]) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        features, target, parameter, rows = self.features[None], self.target[None], self.parameter[None], None
        count, size = self.target.shape
        device, trials = self.target.device, len(generators)
        if self.parameters < count:
            rows = torch.stack([torch.randperm(count, generator=g) for g in generators]).to(device)
            features, target, parameter = self.features[rows], self.target[rows], self.parameter[rows]
        if self.samples < size:
            order = torch.stack([_orders(count, size, g) for g in generators]).to(device)
            target = target.expand(trials, -1, -1).gather(2, order)
            wide = order[:, :, None].expand(-1, -1, self.features.shape[1], -1)
            features = features.expand(trials, -1, -1, -1).gather(3, wide)
        return features, target, parameter.expand(trials, -1), rows


def _orders(count: int, size: int, generator: torch.Generator) -> Tensor:
    """A random order of ``size`` samples for each of ``count`` parameter values, (count, size)."""
    # Whole numbers that end with the sample's index: no ties, and NumPy sorts them several times as fast as PyTorch.
    most = min(2**40, 2**62 // size)
    keys = torch.randint(most, (count, size), generator=generator) * size + torch.arange(size)
    keys.numpy().sort(1)
    return keys % size

"""Networks over images: an encoder in front of an equation learner, or of the ReLU baseline (paper B, Section IV-C).

Both take part in training as ``Network`` does. Their features are indices of images, all of which are encoded once a
step: pairs are many, images few.
"""

from itertools import pairwise

import torch
from torch import Tensor

from eqlearn.networks.encoder import Encoder
from eqlearn.networks.network import Initial, Leaves, Network

WIDTHS = (64, 256, 1024, 128)  # of the baseline


class ReluHead:
    """The baseline: latent variables and the parameter through dense layers with ReLU."""

    architecture, gate_count = None, 0

    def __init__(self, features: int) -> None:
        self.shapes = tuple(pairwise((features + 1, *WIDTHS, 1)))

    def start(self, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training: Glorot's uniform weights, biases 0; there are no gates."""
        drawn = []
        for shape in self.shapes:
            limit = (6 / sum(shape)) ** 0.5
            drawn += [limit * (2 * torch.rand(shape, generator=generator, dtype=dtype) - 1).flatten()]
            drawn += [torch.zeros(shape[1], dtype=dtype)]
        return {"weights": torch.cat(drawn)[None], "gates": torch.empty(1, 0, dtype=dtype)}

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name."""
        leaf, found = leaves["weights"], {}
        parts = iter(leaf.split([size for before, after in self.shapes for size in (before * after, after)], 1))
        for k, shape in enumerate(self.shapes):
            found[f"w{k}"] = next(parts).view(leaf.shape[0], *shape)
            found[f"b{k}"] = next(parts)[:, None]
        return found

    def weights(self, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None = None) -> list[Tensor]:
        """Weights and biases of every layer, then the parameters (T, B)."""
        return [*(named[f"{kind}{k}"] for k in range(len(self.shapes)) for kind in "wb"), parameter]

    def sampled_gates(self, leaves: Leaves, uniform: Tensor) -> list[Tensor]:
        """None."""
        return []

    def deterministic_gates(self, leaves: Leaves) -> list[Tensor]:
        """None."""
        return []

    def forward(self, weights: list[Tensor], z: list[Tensor], features: Tensor) -> Tensor:
        """Output (T, B, S) at latent variables (T, B, F, S)."""
        *layers, parameter = weights
        trials, batch, _, samples = features.shape
        t = parameter.expand(trials, batch)[:, :, None, None].expand(-1, -1, 1, samples)
        h = torch.cat([features, t], 2).transpose(2, 3).flatten(1, 2)
        for k, (w, b) in enumerate(zip(layers[::2], layers[1::2])):
            h = torch.baddbmm(b, torch.relu(h) if k else h, w)
        return h.view(trials, batch, samples)


class ImageNetwork:
    """An encoder and what follows it, trained end to end on ``images`` (N, pixels), of which the first ``training``
    (None: all) give the moments of the normalisation.

    The encoder's parameters follow those of the head in the leaf ``weights``.
    """

    def __init__(self, head: Network | ReluHead, encoder: Encoder, images: Tensor, training: int | None = None) -> None:
        self.head, self.encoder, self.images, self.training = head, encoder, images, training
        self.architecture, self.gate_count = head.architecture, head.gate_count
        self.sampled_gates, self.deterministic_gates = head.sampled_gates, head.deterministic_gates

    def start(self, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training."""
        leaves = self.head.start(initial, generator, dtype)
        return {**leaves, "weights": torch.cat([leaves["weights"], self.encoder.start(generator, dtype)], 1)}

    def parted(self, leaves: Leaves) -> tuple[Leaves, Tensor]:
        """Leaves of the head, and the encoder's parameters (T, n)."""
        own = sum(block.size for block in self.encoder.blocks)
        inner, encoder = leaves["weights"].split([leaves["weights"].shape[1] - own, own], 1)
        return {**leaves, "weights": inner}, encoder

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name."""
        inner, encoder = self.parted(leaves)
        return {**self.head.unpacked(inner), **self.encoder.unpacked(encoder)}

    def latent(self, named: dict[str, Tensor]) -> Tensor:
        """Latent variables (T, N) of the images."""
        codes = self.encoder.codes(named, self.images)
        return self.encoder.normalised(named, codes, codes[:, : self.training])

    def weights(self, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None = None) -> list[Tensor]:
        """Weights of the head at parameters (T, B), then the latent variables of the images."""
        return [*self.head.weights(named, parameter, rows), self.latent(named)]

    def forward(self, weights: list[Tensor], z: list[Tensor], features: Tensor) -> Tensor:
        """Output (T, B, S) at indices of images (T or 1, B, F, S), given as numbers."""
        *inner, latent = weights
        index = features.long().expand(latent.shape[0], -1, -1, -1)
        return self.head.forward(inner, z, latent.gather(1, index.flatten(1)).view(index.shape))

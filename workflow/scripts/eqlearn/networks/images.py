"""Networks over images: an encoder in front of an equation learner, or of the ReLU baseline (paper B, Section IV-C).

Both take part in training as ``Network`` does. Their features are indices of images, all of which are encoded once a
step: pairs are many, images few.
"""

from itertools import pairwise

import torch
from torch import Tensor

from eqlearn.networks.encoder import Encoder, drawn
from eqlearn.networks.network import GATES, Block, Initial, Leaves, Network, groups_of, mean_square, unpacked

WIDTHS = (64, 256, 1024, 128)  # of the baseline


class ReluHead:
    """The baseline: latent variables and the parameter through dense layers with ReLU."""

    architecture, gate_count = None, 0

    def __init__(self, features: int) -> None:
        self.shapes = tuple(pairwise((features + 1, *WIDTHS, 1)))
        self.blocks = [
            Block(f"{kind}{k}", "weights", shape, start)
            for k, (before, after) in enumerate(self.shapes)
            for kind, shape, start in (("w", (before, after), "glorot"), ("b", (1, after), "zero"))
        ]
        self.groups = groups_of(self.blocks)

    def start(self, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training: Glorot's uniform weights, biases 0; there are no gates."""
        return {GATES: torch.empty(1, 0, dtype=dtype), **drawn(self.blocks, generator, dtype)}

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name."""
        return unpacked(self.blocks, leaves)

    def weights(self, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None = None) -> list[Tensor]:
        """Weights and biases of every layer, then the parameters (T, B)."""
        return [*(named[f"{kind}{k}"] for k in range(len(self.shapes)) for kind in "wb"), parameter]

    def squared_error(self, weights: list[Tensor], z: Tensor, features: Tensor, target: Tensor) -> Tensor:
        """Mean squared error (T,) of the output to a target (T or 1, B, S)."""
        return mean_square(self.forward(weights, z, features), target)

    def forward(self, weights: list[Tensor], z: Tensor, features: Tensor) -> Tensor:
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
    """

    def __init__(self, head: Network | ReluHead, encoder: Encoder, images: Tensor, training: int | None = None) -> None:
        self.head, self.encoder, self.images, self.training = head, encoder, images, training
        self.architecture, self.gate_count = head.architecture, head.gate_count
        self.groups = head.groups | groups_of(encoder.blocks)

    def start(self, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training."""
        return self.head.start(initial, generator, dtype) | self.encoder.start(generator, dtype)

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name."""
        return self.head.unpacked(leaves) | self.encoder.unpacked(leaves)

    def latent(self, named: dict[str, Tensor]) -> Tensor:
        """Latent variables (T, N) of the images."""
        codes = self.encoder.codes(named, self.images)
        return self.encoder.normalised(named, codes, codes[:, : self.training])

    def weights(self, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None = None) -> list[Tensor]:
        """Weights of the head at parameters (T, B), then the latent variables of the images."""
        return [*self.head.weights(named, parameter, rows), self.latent(named)]

    def squared_error(self, weights: list[Tensor], z: Tensor, features: Tensor, target: Tensor) -> Tensor:
        """Mean squared error (T,) at indices of images (T or 1, B, F, S) to a target (T or 1, B, S)."""
        *inner, latent = weights
        return self.head.squared_error(inner, z, _at(latent, features), target)

    def forward(self, weights: list[Tensor], z: Tensor, features: Tensor) -> Tensor:
        """Output (T, B, S) at indices of images (T or 1, B, F, S), given as numbers."""
        *inner, latent = weights
        return self.head.forward(inner, z, _at(latent, features))


def _at(latent: Tensor, features: Tensor) -> Tensor:
    """Latent variables (T, B, F, S) at indices of images (T or 1, B, F, S)."""
    index = features.long().expand(latent.shape[0], -1, -1, -1)
    return latent.gather(1, index.flatten(1)).view(index.shape)

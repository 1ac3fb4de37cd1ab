"""A convolutional encoder from images to one latent variable, trials side by side (paper B, Section IV-C and Fig. 4).

Convolutions are products with unfolded images, so that every trial's weights are a slice of one product.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import pad

from eqlearn.errors import InputError
from eqlearn.networks.network import Block, Leaves, unpacked

KERNEL = 5
NORMALISATIONS = ("batch", "inference")
EPSILON = 1e-3  # of the authors' framework, added to the variance


@dataclass(frozen=True)
class Encoder:
    """Two convolutions without activation, each followed by the larger of two neighbours, then dense layers.

    Attributes
    ----------
    pixels: of an image; a multiple of 4.
    channels, dense: outputs of the convolutions, and of the dense layers with ReLU.
    normalisation: of the latent variable, 'batch': mean 0 and variance 1 over the training images, in training and
        ever after; 'inference': as the authors' code, where moments stay at their start, 0 and 1, and a scale and a
        shift are trained.
    """

    pixels: int
    channels: tuple[int, int] = (32, 64)
    dense: tuple[int, ...] = (128, 16)
    normalisation: str = "batch"

    def __post_init__(self) -> None:
        if self.normalisation not in NORMALISATIONS:
            known = ", ".join(NORMALISATIONS)
            raise InputError(f"normalisation: is {self.normalisation!r}, must be one of {known}.")
        if self.pixels % 4 or self.pixels < 4:
            raise InputError(f"pixels: is {self.pixels}, must be a multiple of 4 for this encoder.")

    @property
    def blocks(self) -> list[Block]:
        """Parameters of a trial."""
        first, second = self.channels
        widths = (self.pixels // 4 * second, *self.dense, 1)
        shapes = [(KERNEL, first), (KERNEL * first, second), *pairwise(widths)]
        found = []
        for k, shape in enumerate(shapes):
            found.append(Block(f"e{k}.w", "weights", shape, "glorot"))
            found.append(Block(f"e{k}.b", "weights", shape[1:], "zero"))
        if self.normalisation == "inference":
            found += [Block("e.scale", "weights", (1,), "one"), Block("e.shift", "weights", (1,), "zero")]
        return found

    def start(self, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training: Glorot's uniform weights, biases 0."""
        return drawn(self.blocks, generator, dtype)

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name."""
        return unpacked(self.blocks, leaves)

    def codes(self, named: dict[str, Tensor], images: Tensor) -> Tensor:
        """Latent variables (T, N) of images (N, pixels) before the normalisation."""
        h = images[None, :, :, None]
        for k in range(2):
            h = self._convolved(h, named[f"e{k}.w"], named[f"e{k}.b"])
        h = h.flatten(2)
        for k in range(2, 3 + len(self.dense)):
            h = torch.relu(h) if k > 2 else h
            h = torch.baddbmm(named[f"e{k}.b"][:, None], h, named[f"e{k}.w"])
        return h[:, :, 0]

    def _convolved(self, h: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
        """(T or 1, N, length, channels) to (T, N, length/2, more channels)."""
        _, number, length, channels = h.shape
        patches = pad(h, (0, 0, KERNEL // 2, KERNEL // 2)).unfold(2, KERNEL, 1)  # (..., channels, KERNEL)
        flat = patches.transpose(3, 4).reshape(h.shape[0], number * length, KERNEL * channels)
        product = torch.baddbmm(bias[:, None], flat.expand(weights.shape[0], -1, -1), weights)
        pairs = product.view(weights.shape[0], number, length // 2, 2, -1)
        return torch.maximum(pairs[:, :, :, 0], pairs[:, :, :, 1])

    def normalised(self, named: dict[str, Tensor], codes: Tensor, training: Tensor) -> Tensor:
        """Latent variables (T, N) from their codes and those of the training images (T, M)."""
        if self.normalisation == "inference":
            return codes / math.sqrt(1 + EPSILON) * named["e.scale"] + named["e.shift"]
        # ASSUME: moments over the distinct training images, which are all encoded at every step: no running average.
        variance, mean = torch.var_mean(training, 1, correction=0, keepdim=True)
        return (codes - mean) / torch.sqrt(variance + torch.finfo(codes.dtype).tiny)


def drawn(blocks: list[Block], generator: torch.Generator, dtype: torch.dtype) -> Leaves:
    """Leaves (1, n) of blocks by name: Glorot's uniform weights, ones or zeros."""
    return {block.name: block.packed(_draw(block, generator, dtype)) for block in blocks}


def _draw(block: Block, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    if block.start != "glorot":
        return torch.full(block.shape, float(block.start == "one"), dtype=dtype)
    before, after = block.shape
    # A convolution's kernel counts for its outputs, too.
    limit = math.sqrt(6 / (before + after * (KERNEL if block.name in ("e0.w", "e1.w") else 1)))
    return limit * (2 * torch.rand(block.shape, generator=generator, dtype=dtype) - 1)

"""One network class for EQL, SEQL and HEQL: trials side by side, weights from one of three sources.

The first axis of every tensor is the trial (T). Trials share no operation, so that a trial trained alone equals the
same trial in a batch.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from eqlearn.networks.architecture import Architecture
from eqlearn.networks.open_gates import SquaredError

GROUPS = ("weights", "gates", "output")
GATES = "gates"  # the leaf of all gates
Leaves = dict[str, Tensor]


@dataclass(frozen=True)
class Initial:
    """Standard deviations of the normal draws that parameters start from; the output is uniform on [0, output].

    ``truncated``: weights beyond two standard deviations are drawn again.
    """

    weights: float = 0.1
    meta_weights: float = 0.15
    meta_biases: float = 0.03
    gates: float = 0.01
    output: float = 1.0
    truncated: bool = False


@dataclass(frozen=True)
class Block:
    """One parameter of a trial: its group of learning rates, its shape, and the distribution that it starts from.

    ``turned``: it lies in memory with the last two axes the other way round.
    """

    name: str
    group: str
    shape: tuple[int, ...]
    start: str
    turned: bool = False

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def packed(self, value: Tensor) -> Tensor:
        """A value of this shape as it lies in its leaf (1, size)."""
        return (value.mT if self.turned else value).reshape(1, -1)

    def unpacked(self, leaf: Tensor) -> Tensor:
        """Values (T, ...) from their leaf (T, size)."""
        if not self.turned:
            return leaf.view(leaf.shape[0], *self.shape)
        *before, inputs, outputs = self.shape
        return leaf.view(leaf.shape[0], *before, outputs, inputs).mT


class Network:
    """The function of an architecture at P parameter values, without state: parameters are given to every call.

    Parameters are leaves (T, n) by name: one for all gates, which are drawn at once, and one for every other block,
    so that its gradient is used as it comes.
    """

    def __init__(self, architecture: Architecture, parameter_values: int) -> None:
        self.architecture = architecture
        self.gates = [Block(f"z{k}", GATES, shape, "gates") for k, shape in enumerate(architecture.gated)]
        self.blocks = _blocks(architecture, parameter_values)
        self.groups = groups_of(self.blocks)

    @property
    def size(self) -> int:
        """Number of parameters of a trial."""
        return self.gate_count + sum(block.size for block in self.blocks)

    @property
    def gate_count(self) -> int:
        """Number of gates of a trial."""
        return sum(block.size for block in self.gates)

    def start(self, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Leaves:
        """Leaves (1, n) of one trial before training."""
        drawn = [_draw(block, initial, generator, dtype).reshape(1, -1) for block in self.gates]
        others = {block.name: block.packed(_draw(block, initial, generator, dtype)) for block in self.blocks}
        return {GATES: torch.cat(drawn, 1), **others}

    def unpacked(self, leaves: Leaves) -> dict[str, Tensor]:
        """Parameters (T, ...) by name, gates left out."""
        return unpacked(self.blocks, leaves)

    def weights(self, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None = None) -> list[Tensor]:
        """Ungated weights (T, B or 1, inputs, outputs) of every layer at parameters (T, B).

        ``rows`` (T, B) are the indices of these parameters, None for all in order.
        """
        return [self._layer(layer, named, parameter, rows) for layer in range(self.architecture.layers + 1)]

    def _layer(self, layer: int, named: dict[str, Tensor], parameter: Tensor, rows: Tensor | None) -> Tensor:
        architecture = self.architecture
        if not architecture.varies(layer):
            return named[f"w{layer}"][:, None]
        if architecture.source == "stacked":
            weights = named[f"w{layer}"]
            return weights if rows is None else torch.take_along_dim(weights.mT, rows[:, :, None, None], 1).mT
        h = parameter[:, :, None]
        depth = len(architecture.meta_units) + 1
        for k in range(depth - 1):
            h = torch.relu(torch.baddbmm(named[f"b{layer}.{k}"][:, None], h, named[f"m{layer}.{k}"]))
        biases, weights = (named[f"{kind}{layer}.{depth - 1}"].mT.flatten(-2) for kind in "bm")
        h = torch.baddbmm(biases[:, None], h, weights)
        return h.view(*parameter.shape, *reversed(architecture.shapes[layer])).mT

    def per_layer(self, z: Tensor) -> list[Tensor]:
        """Gates (T, 1, inputs, outputs) of every layer that has some, from all of them (T, gates)."""
        shapes = self.architecture.gated
        parts = z.split([math.prod(shape) for shape in shapes], 1)
        return [part.view(z.shape[0], 1, *shape) for part, shape in zip(parts, shapes)]

    def squared_error(self, weights: list[Tensor], z: Tensor, features: Tensor, target: Tensor) -> Tensor:
        """Mean squared error (T,) of the output to a target (T or 1, B, S)."""
        if features.device.type == "cpu":
            return SquaredError.apply(self.architecture, features, target, z, *weights)
        return mean_square(self.forward(weights, z, features), target)

    def forward(self, weights: list[Tensor], z: Tensor, features: Tensor) -> Tensor:
        """Output (T, B, S) at features (T or 1, B, F, S) from the weights of every layer and all gates (T, gates)."""
        architecture, h, gated = self.architecture, features, self.per_layer(z)
        # Weights lie in memory with a row per output, as the products below and their gradients want them.
        effective = [w.mT * g.mT.contiguous() for w, g in zip(weights, gated)] + [w.mT for w in weights[len(gated) :]]
        for layer in range(architecture.layers):
            blocks = _product(effective[layer], h).split(architecture.primitives.operands, 2)
            units = architecture.primitives.on_blocks(torch, blocks)
            passed = [h.expand(*units[0].shape[:2], -1, -1)] if architecture.skips(layer) else []
            h = torch.cat([*units, *passed], 2)
        return _product(effective[-1], h)[:, :, 0]


def unpacked(blocks: list[Block], leaves: Leaves) -> dict[str, Tensor]:
    """Values (T, ...) of blocks by name."""
    return {block.name: block.unpacked(leaves[block.name]) for block in blocks}


def groups_of(blocks: list[Block]) -> dict[str, str]:
    """Group of learning rates of every leaf, by its name."""
    return {GATES: GATES} | {block.name: block.group for block in blocks}


def mean_square(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference (T,) of outputs and target (T or 1, B, S)."""
    return (predicted - target).square().mean((1, 2))


def _product(weights: Tensor, h: Tensor) -> Tensor:
    """weights (..., outputs, inputs) @ h (..., inputs, S); for one input or output, products of matrices are slow."""
    if weights.shape[-1] == 1:
        return weights * h
    if weights.shape[-2] == 1:
        return (weights.mT * h).sum(-2, keepdim=True)
    return weights @ h


def _blocks(architecture: Architecture, parameter_values: int) -> list[Block]:
    blocks = []
    for layer, shape in enumerate(architecture.shapes):
        group, start = ("output", "output") if layer == architecture.layers else ("weights", "weights")
        if not architecture.varies(layer):
            blocks.append(Block(f"w{layer}", group, shape, start, turned=True))
        elif architecture.source == "stacked":
            blocks.append(Block(f"w{layer}", group, (parameter_values, *shape), start, turned=True))
        else:
            blocks += _meta_blocks(layer, group, (1, *architecture.meta_units), shape)
    return blocks


def _meta_blocks(layer: int, group: str, widths: tuple[int, ...], shape: tuple[int, int]) -> list[Block]:
    """Weights and biases of a meta-weight unit, whose last layer gives weights of a shape."""
    found = []
    for k, (before, after) in enumerate(pairwise(widths)):
        found.append(Block(f"m{layer}.{k}", group, (before, after), "meta_weights"))
        found.append(Block(f"b{layer}.{k}", group, (after,), "meta_biases"))
    last = len(widths) - 1
    found.append(Block(f"m{layer}.{last}", group, (widths[-1], *shape), "meta_weights", turned=True))
    found.append(Block(f"b{layer}.{last}", group, shape, "meta_biases", turned=True))
    return found


def _draw(block: Block, initial: Initial, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    scale = getattr(initial, block.start)
    if block.start == "weights" and initial.truncated:
        empty = torch.empty(block.shape, dtype=dtype)
        return torch.nn.init.trunc_normal_(empty, 0.0, scale, -2 * scale, 2 * scale, generator=generator)
    draw = torch.rand if block.start == "output" else torch.randn
    return scale * draw(block.shape, generator=generator, dtype=dtype)

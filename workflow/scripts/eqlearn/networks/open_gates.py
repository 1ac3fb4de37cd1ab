"""Mean squared error and gradient of a network on a CPU by its open gates alone: closed ones cost nothing.

After a fraction of a training almost all gates of a step are closed. Products of whole matrices, as a GPU wants them,
are then products with zeros; here every open gate is one product of a weight with the samples of a row.
"""

from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from eqlearn.networks.architecture import Architecture
from eqlearn.networks.open_gates_kernel import KINDS, PRODUCT, differentiated


class Plan:
    """Where an architecture's values lie: a row each for features and units, those of later layers first."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture

    @cached_property
    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Kind (units,) and pre-activations (units, 2) of the units of a layer."""
        kinds, operands, start = [], [], 0
        for name, count in self.architecture.primitives.units:
            second = count if KINDS[name] == PRODUCT else 0
            operands += [(start + unit, start + unit + second) for unit in range(count)]
            kinds += [KINDS[name]] * count
            start += count + second
        return np.array(kinds), np.array(operands)

    @cached_property
    def gates(self) -> np.ndarray:
        """Index of the first gate of every layer, the output's last, -1 where it has none."""
        sizes = [inputs * outputs for inputs, outputs in self.architecture.gated]
        missing = self.architecture.layers + 1 - len(sizes)
        return np.array([*np.cumsum([0, *sizes[:-1]]), *[-1] * missing])

    def fields(self, dtype: np.dtype) -> tuple:
        """Kinds, operands, first row and number of the inputs of every layer, first gates, rows, factors."""
        architecture, primitives = self.architecture, self.architecture.primitives
        before = architecture.layers * primitives.outputs
        starts = before - primitives.outputs * np.arange(architecture.layers + 1)
        factors = dtype.type(primitives.sine), dtype.type(primitives.product)
        widths = np.array(architecture.widths)
        return (*self.units, starts, widths, self.gates, before + architecture.features, factors)


class SquaredError(torch.autograd.Function):
    """Mean squared error (T,), with gradients by features, gates and weights that are found on the way."""

    @staticmethod
    def forward(ctx: Any, plan: Plan, features: Tensor, target: Tensor, z: Tensor, *weights: Tensor) -> Tensor:
        """Features (T, or 1 where they need no gradient, B, F, S), target (T or 1, B, S), gates (T, n).

        ``weights``: (T, B or 1, inputs, outputs) of every layer, the output's last.
        """
        given = [w.mT.contiguous() for w in weights]
        found = [torch.empty_like(w) for w in given]
        d_z, d_features = (
            torch.empty_like(z),
            features.new_empty(features.shape if ctx.needs_input_grad[1] else (0,) * 4),
        )
        errors = differentiated(
            tuple(w.numpy() for w in given),
            z.contiguous().numpy(),
            features.contiguous().numpy(),
            target.contiguous().numpy(),
            plan.fields(z.numpy().dtype),
            tuple(w.numpy() for w in found),
            d_z.numpy(),
            d_features.numpy(),
        )
        ctx.found = d_features if ctx.needs_input_grad[1] else None, d_z, *(w.mT for w in found)
        return torch.from_numpy(errors).to(z.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients, times that by the error."""
        found = ctx.found
        if not (gradient == 1).all():
            found = [None if d is None else d * gradient.view(-1, *[1] * (d.dim() - 1)) for d in found]
        return None, found[0], None, *found[1:]

"""Mean squared error and gradient of a network on a CPU by its open gates alone: closed ones cost no products.

After a fraction of a training almost all gates of a step are closed. Products of whole matrices, as a GPU wants them,
are then products with zeros; here every open gate is one product of a weight with the samples of a row.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from eqlearn.networks.architecture import Architecture
from eqlearn.networks.open_gates_kernel import differentiated
from eqlearn.networks.open_gates_lists import KINDS, PRODUCT


@lru_cache(maxsize=64)
def plan_of(architecture: Architecture, dtype: np.dtype) -> tuple:
    """Where the kernel finds what: a row for each unit and feature, those of later layers first.

    Kinds (units,) and pre-activations (units, 2) of the units of a layer; first row, and number, of the inputs of every
    layer, the output's last; index of the first gate of each, -1 where it has none; number of rows; factors of sines
    and products.
    """
    primitives, layers = architecture.primitives, architecture.layers
    before = layers * primitives.outputs
    starts = before - primitives.outputs * np.arange(layers + 1)
    sizes = [inputs * outputs for inputs, outputs in architecture.gated]
    gates = np.array([*np.cumsum([0, *sizes[:-1]]), *[-1] * (layers + 1 - len(sizes))])
    factors = dtype.type(primitives.sine), dtype.type(primitives.product)
    return (
        *_units(architecture),
        starts,
        np.array(architecture.widths),
        gates,
        before + architecture.features,
        factors,
    )


def _units(architecture: Architecture) -> tuple[np.ndarray, np.ndarray]:
    kinds, operands, start = [], [], 0
    for name, count in architecture.primitives.units:
        second = count if KINDS[name] == PRODUCT else 0
        operands += [(start + unit, start + unit + second) for unit in range(count)]
        kinds += [KINDS[name]] * count
        start += count + second
    return np.array(kinds), np.array(operands)


def _require_shapes(features: Tensor, target: Tensor, z: Tensor, weights: tuple[Tensor, ...], wanted: bool) -> None:
    trials, batch = len(z), target.shape[1]
    fits = all(w.shape[0] == trials and w.shape[1] in (1, batch) for w in weights)
    fits &= len(features) in ((trials,) if wanted else (1, trials)) and len(target) in (1, trials)
    if not fits or features.shape[1] != batch or features.shape[3] != target.shape[2]:
        shapes = [tuple(tensor.shape) for tensor in (features, target, z, *weights)]
        raise ValueError(f"shapes of features, target, gates and weights do not fit: {shapes}")


class SquaredError(torch.autograd.Function):
    """Mean squared error (T,), with gradients by features, gates and weights that are found on the way."""

    @staticmethod
    def forward(
        ctx: Any, architecture: Architecture, features: Tensor, target: Tensor, z: Tensor, *weights: Tensor
    ) -> Tensor:
        """Features (T, or 1 where they need no gradient, B, F, S), target (T or 1, B, S), gates (T, n).

        ``weights``: (T, B or 1, inputs, outputs) of every layer, the output's last. Raises ValueError for other shapes.
        """
        _require_shapes(features, target, z, weights, ctx.needs_input_grad[1])
        given = [w.mT.contiguous() for w in weights]
        found = [torch.empty_like(w) for w in given]
        wanted = ctx.needs_input_grad[1]
        d_z, d_features = torch.empty_like(z), features.new_empty(features.shape if wanted else (0,) * 4)
        errors = differentiated(
            tuple(w.numpy() for w in given),
            z.contiguous().numpy(),
            features.contiguous().numpy(),
            target.contiguous().numpy(),
            plan_of(architecture, z.numpy().dtype),
            tuple(w.numpy() for w in found),
            d_z.numpy(),
            d_features.numpy(),
        )
        ctx.found = d_features if wanted else None, d_z, *(w.mT for w in found)
        return torch.from_numpy(errors).to(z.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients, times that by the error."""
        found, ctx.found = ctx.found, None  # once only: autograd adds to what it is given
        if not (gradient == 1).all():
            found = [None if d is None else d * gradient.view(-1, *[1] * (d.dim() - 1)) for d in found]
        return None, found[0], None, *found[1:]

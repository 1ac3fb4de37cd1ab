"""How much stacked weights change from one parameter value to the next (paper B, Eq. 9, or as in its code)."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Roughness(torch.autograd.Function):
    """Sum (T,) over the differences of neighbouring rows of w (T, P, ...) of their norms, or of the squares of these.

    By its closed gradient: that of slices fills an array of zeros for each.
    """

    @staticmethod
    def forward(ctx: Any, w: Tensor, squared: bool) -> Tensor:
        """The sum."""
        steps = w.mT.diff(dim=1)  # as weights lie in memory
        sizes = steps.square().sum((2, 3), keepdim=True)
        if not squared:
            sizes = torch.sqrt(sizes + torch.finfo(sizes.dtype).tiny)
        ctx.save_for_backward(steps, sizes)
        ctx.squared = squared
        return sizes.sum((1, 2, 3))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Gradient by w."""
        steps, sizes = ctx.saved_tensors
        slopes = gradient[:, None, None, None] * (2 * steps if ctx.squared else steps / sizes)
        found = torch.nn.functional.pad(slopes, (0, 0, 0, 0, 1, 0))
        found[:, :-1] -= slopes
        return found.mT, None

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
        sizes = torch.linalg.vector_norm(steps, dim=(2, 3), keepdim=True)
        ctx.save_for_backward(steps, sizes)
        ctx.squared = squared
        return (sizes.square() if squared else sizes).sum((1, 2, 3))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Gradient by w."""
        steps, sizes = ctx.saved_tensors
        factors = 2 if ctx.squared else 1 / sizes.clamp(min=torch.finfo(sizes.dtype).tiny ** 0.5)
        slopes = torch.nn.functional.pad(steps * (gradient[:, None, None, None] * factors), (0, 0, 0, 0, 1, 1))
        return (slopes[:, :-1] - slopes[:, 1:]).mT, None

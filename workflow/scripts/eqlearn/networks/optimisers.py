"""TensorFlow's RMSProp, and PyTorch's optimisers by name."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.optim import Optimizer

PIECE = 2**16  # numbers, a quarter of a megabyte


class TensorFlowRMSProp(Optimizer):
    """RMSProp as TensorFlow 1 defines it (tf.train.RMSPropOptimizer without momentum).

    Unlike ``torch.optim.RMSprop``: decay 0.9, the small number inside the root, and a mean square that starts at 1.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor,
        decay: float = 0.9,
        epsilon: float = 1e-10,
        capturable: bool = False,
    ) -> None:
        """``capturable``, as in PyTorch's optimisers: the rate is a tensor, so that a CUDA graph can hold the step."""
        super().__init__(params, {"lr": lr, "decay": decay, "epsilon": epsilon, "capturable": capturable})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every parameter that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, **{key: group[key] for key in ("lr", "decay", "epsilon", "capturable")})

    def _update(
        self, parameter: torch.Tensor, lr: float | torch.Tensor, decay: float, epsilon: float, capturable: bool
    ) -> None:
        state, gradient = self.state[parameter], parameter.grad
        if not state:
            state["mean_square"] = torch.ones_like(parameter)
        # In pieces that stay in the cache of a CPU, for the same bits in less time where many trials are trained.
        piece = PIECE if parameter.device.type == "cpu" else max(1, parameter.numel())
        tensors = (parameter, gradient.contiguous(), state["mean_square"])
        for p, g, s in zip(*(tensor.view(-1).split(piece) for tensor in tensors)):
            s.mul_(decay).addcmul_(g, g, value=1 - decay)
            root = (s + epsilon).sqrt_()
            p.sub_(g / root * lr) if capturable else p.addcdiv_(g, root, value=-lr)


OPTIMISERS: dict[str, Callable[..., Optimizer]] = {
    "tensorflow_rmsprop": TensorFlowRMSProp,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}

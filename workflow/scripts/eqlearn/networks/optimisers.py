"""TensorFlow's RMSProp, and PyTorch's optimisers by name."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch.optim import Optimizer

from eqlearn.jit import njit


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
            choices = group["lr"], group["decay"], group["epsilon"]
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, *choices)

    def _update(self, parameter: torch.Tensor, lr: float | torch.Tensor, decay: float, epsilon: float) -> None:
        state, gradient = self.state[parameter], parameter.grad
        if not state:
            # The mean of g² + epsilon: that of g² fades, behind closed gates, to numbers that CPUs are slow at.
            state["mean_square"] = torch.ones_like(parameter) + epsilon
        mean = state["mean_square"]
        if parameter.device.type == "cpu":
            arrays = [tensor.detach().numpy() for tensor in (parameter.view(-1), gradient.reshape(-1), mean.view(-1))]
            _descend(*arrays, *(arrays[0].dtype.type(x) for x in (lr, decay, 1 - decay, epsilon)))
            return
        mean.mul_(decay).addcmul_(gradient, gradient, value=1 - decay).add_((1 - decay) * epsilon)
        parameter.sub_(gradient / mean.sqrt() * lr)


@njit
def _descend(parameter, gradient, mean, rate, decay, fresh, epsilon):
    """The same in one pass, as a CPU wants it."""
    for i in range(len(parameter)):
        mean[i] = decay * mean[i] + fresh * (gradient[i] * gradient[i] + epsilon)
        parameter[i] -= rate * gradient[i] / np.sqrt(mean[i])


OPTIMISERS: dict[str, Callable[..., Optimizer]] = {
    "tensorflow_rmsprop": TensorFlowRMSProp,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}

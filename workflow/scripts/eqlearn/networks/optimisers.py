"""TensorFlow's RMSProp, and PyTorch's optimisers by name."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from eqlearn.jit import njit


class TensorFlowRMSProp(Optimizer):
    """RMSProp as TensorFlow 1 defines it (tf.train.RMSPropOptimizer without momentum).

    Unlike ``torch.optim.RMSprop``: decay 0.9, the small number inside the root, and a mean square that starts at 1.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor,
        decay: float = 0.9,
        epsilon: float = 1e-10,
        capturable: bool = False,
    ) -> None:
        """``capturable``, as in PyTorch's optimisers: a CUDA graph can hold any step whose rate is a tensor."""
        super().__init__(params, {"lr": lr, "decay": decay, "epsilon": epsilon, "capturable": capturable})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every parameter that has a gradient."""
        for group in self.param_groups:
            given = [parameter for parameter in group["params"] if parameter.grad is not None]
            if given:
                descend = _one_by_one if given[0].device.type == "cpu" else _together
                means = [self._mean(parameter, group["epsilon"]) for parameter in given]
                descend(given, [p.grad for p in given], means, group["lr"], group["decay"], group["epsilon"])

    def _mean(self, parameter: Tensor, epsilon: float) -> Tensor:
        """Running mean of g² + epsilon: that of g² fades, behind closed gates, to numbers that CPUs are slow at."""
        state = self.state[parameter]
        if not state:
            state["mean_square"] = torch.ones_like(parameter) + epsilon
        return state["mean_square"]


def _together(
    parameters: list[Tensor],
    gradients: list[Tensor],
    means: list[Tensor],
    rate: float | Tensor,
    decay: float,
    epsilon: float,
) -> None:
    """One step of all parameters by few kernels, as a GPU wants it."""
    torch._foreach_mul_(means, decay)
    torch._foreach_addcmul_(means, gradients, gradients, value=1 - decay)
    torch._foreach_add_(means, (1 - decay) * epsilon)
    steps = torch._foreach_div(gradients, torch._foreach_sqrt(means))
    torch._foreach_mul_(steps, rate)
    torch._foreach_sub_(parameters, steps)


def _one_by_one(
    parameters: list[Tensor], gradients: list[Tensor], means: list[Tensor], rate: float, decay: float, epsilon: float
) -> None:
    """The same in one pass over the memory of each, as a CPU wants it."""
    for parameter, gradient, mean in zip(parameters, gradients, means):
        arrays = [tensor.detach().numpy() for tensor in (parameter.view(-1), gradient.reshape(-1), mean.view(-1))]
        _descend(*arrays, *(arrays[0].dtype.type(number) for number in (rate, decay, 1 - decay, epsilon)))


@njit
def _descend(parameter, gradient, mean, rate, decay, fresh, epsilon):
    for i in range(len(parameter)):
        mean[i] = decay * mean[i] + fresh * (gradient[i] * gradient[i] + epsilon)
        parameter[i] -= rate * gradient[i] / np.sqrt(mean[i])


OPTIMISERS: dict[str, Callable[..., Optimizer]] = {
    "tensorflow_rmsprop": TensorFlowRMSProp,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}

"""Steps of a training as a CUDA graph: hundreds of small kernels start faster from a recording than one by one."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

WARM_UP = 3  # steps before the recording, in which libraries choose kernels and the optimiser makes its state

Step = Callable[..., Tensor]


class Recorded:
    """A step on a GPU, called with tensors (or None) of the same shapes every time: replayed after a few calls.

    What the step changes in place (parameters, the optimiser's state) must stay the same tensors. A recording does
    nothing by itself, so that every call is one step.
    """

    def __init__(self, step: Step) -> None:
        self.step, self.calls = step, 0
        self.stream = torch.cuda.Stream()
        self.graph: torch.cuda.CUDAGraph | None = None
        self.given: tuple[Tensor | None, ...] = ()
        self.result: Tensor

    def __call__(self, *given: Tensor | None) -> Tensor:
        """The step's result."""
        self.calls += 1
        if self.calls <= WARM_UP:
            return self._aside(given)
        if self.graph is None:
            self._record(given)
        for own, new in zip(self.given, given, strict=True):
            if own is not None:
                own.copy_(new)
        self.graph.replay()
        return self.result.clone()

    def _aside(self, given: tuple[Any, ...]) -> Tensor:
        """One step as it is, on the stream that records: while it does, it cannot wait for work of another."""
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            result = self.step(*given)
        torch.cuda.current_stream().wait_stream(self.stream)
        return result

    def _record(self, given: tuple[Any, ...]) -> None:
        """Record the step on tensors of its own; nothing is computed yet."""
        self.given = tuple(None if tensor is None else tensor.clone() for tensor in given)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream):
            self.result = self.step(*self.given)

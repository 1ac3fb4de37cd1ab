"""How networks are trained: all trials side by side, epoch by epoch, with a state that can be put on disk."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from eqlearn.errors import InputError
from eqlearn.networks import gates
from eqlearn.networks.batches import Batch, Batches
from eqlearn.networks.network import GATES, GROUPS, Initial, Leaves, Network
from eqlearn.networks.optimisers import OPTIMISERS
from eqlearn.networks.recorded import Recorded, Step
from eqlearn.networks.roughness import Roughness
from eqlearn.networks.scaling import Scaled
from eqlearn.networks.schedules import RATES, REGULARISATIONS

SMOOTHINGS = ("none", "squared", "norm")
RECORDS = 100


@dataclass(frozen=True)
class Schedule:
    """How a network is trained (paper B, Section IV).

    Attributes
    ----------
    epochs, batch_parameters, batch_samples: length, and size of a batch (None: all).
    optimiser, rate, rate_schedule: name, base learning rate, its course.
    gate_rate, output_rate: learning rates of gates and of the output, as multiples of the weights' rate.
    regularisation, regularisation_schedule: weight of the gates' penalty, its course.
    smoothing, smoothing_weight: for stacked weights, 'squared' (paper, Eq. 9), 'norm' (code) or 'none'; its weight
        in units of the regularisation.
    """

    epochs: int
    batch_parameters: int | None = None
    batch_samples: int | None = None
    optimiser: str = "tensorflow_rmsprop"
    rate: float = 1e-3
    rate_schedule: str = "one_cycle"
    gate_rate: float = 1.0
    output_rate: float = 1.0
    regularisation: float = 3e-3
    regularisation_schedule: str = "one_cycle"
    smoothing: str = "none"
    smoothing_weight: float = 0.0
    initial: Initial = field(default_factory=Initial)

    def __post_init__(self) -> None:
        allowed = {"optimiser": OPTIMISERS, "rate_schedule": RATES, "regularisation_schedule": REGULARISATIONS}
        for name, options in {**allowed, "smoothing": SMOOTHINGS}.items():
            if getattr(self, name) not in options:
                raise InputError(f"{name}: is {getattr(self, name)!r}, must be one of {', '.join(options)}.")


@dataclass
class State:
    """Everything that the next epoch depends on."""

    epoch: int
    leaves: Leaves
    optimiser: torch.optim.Optimizer
    generators: list[torch.Generator]
    history: list[Tensor]
    step: Step


class Trainer:
    """Trains T trials of a network on one set of samples."""

    def __init__(
        self,
        network: Network,
        data: Scaled,
        schedule: Schedule,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.network, self.schedule, self.dtype = network, schedule, dtype
        self.device = torch.device(device)
        self.on_gpu = self.device.type == "cuda"
        self.batches = Batches(data, schedule.batch_parameters, schedule.batch_samples, self.device, dtype)

    def start(self, seeds: list[int]) -> State:
        """State before the first epoch; a trial's seed fixes all of its random numbers."""
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        starts = [self.network.start(self.schedule.initial, generator, self.dtype) for generator in generators]
        leaves = {
            name: torch.cat([start[name] for start in starts]).to(self.device).requires_grad_() for name in starts[0]
        }
        return self._state(0, leaves, self._optimiser(leaves), generators, [])

    def _optimiser(self, leaves: Leaves) -> torch.optim.Optimizer:
        of = self.network.groups
        groups = [{"params": [leaf for name, leaf in leaves.items() if of[name] == group]} for group in GROUPS]
        return OPTIMISERS[self.schedule.optimiser](groups, lr=self.schedule.rate, capturable=self.on_gpu)

    def _state(self, epoch: int, leaves: Leaves, optimiser: torch.optim.Optimizer, *more: Any) -> State:
        step = partial(self._step, leaves, optimiser)
        return State(epoch, leaves, optimiser, *more, Recorded(step) if self.on_gpu else step)

    def snapshot(self, state: State) -> dict[str, Any]:
        """The state as plain content of a checkpoint."""
        return {
            "epoch": state.epoch,
            "leaves": {name: leaf.detach() for name, leaf in state.leaves.items()},
            "optimiser": state.optimiser.state_dict()["state"],  # rates are set anew at every step
            "generators": [generator.get_state() for generator in state.generators],
            "history": state.history,
        }

    def restored(self, content: dict[str, Any]) -> State:
        """The state from a checkpoint's content."""
        leaves = {name: leaf.to(self.device).requires_grad_() for name, leaf in content["leaves"].items()}
        optimiser = self._optimiser(leaves)
        optimiser.load_state_dict({**optimiser.state_dict(), "state": content["optimiser"]})
        generators = [torch.Generator() for _ in content["generators"]]
        for generator, state in zip(generators, content["generators"]):
            generator.set_state(state)
        return self._state(content["epoch"], leaves, optimiser, generators, content["history"])

    def epoch(self, state: State) -> None:
        """Train one epoch, in place."""
        schedule, progress = self.schedule, state.epoch / self.schedule.epochs
        rate = schedule.rate * RATES[schedule.rate_schedule](progress)
        multiples = {"weights": 1.0, "gates": schedule.gate_rate, "output": schedule.output_rate}
        strength = schedule.regularisation * REGULARISATIONS[schedule.regularisation_schedule](progress)
        numbers = self._numbers([strength, *(rate * multiples[group] for group in GROUPS)])
        shape = (self.batches.steps, self.network.gate_count)
        uniform = torch.stack([torch.rand(shape, generator=g, dtype=self.dtype) for g in state.generators], 1)
        errors = [
            state.step(*batch, draws, *numbers)
            for batch, draws in zip(self.batches.epoch(state.generators), uniform.to(self.device))
        ]
        state.epoch += 1
        if state.epoch % max(1, schedule.epochs // RECORDS) == 0 or state.epoch == schedule.epochs:
            open_gates = (gates.deterministic(state.leaves[GATES].detach()) > 0).sum(1)
            state.history.append(torch.stack([torch.stack(errors).mean(0), open_gates.to(self.dtype)]).cpu())

    def _numbers(self, numbers: list[float]) -> list[float] | list[Tensor]:
        """As they are; for a GPU as tensors, since a recorded step would repeat plain numbers for ever."""
        return list(torch.tensor(numbers, dtype=self.dtype, device=self.device)) if self.on_gpu else numbers

    def _step(
        self,
        leaves: Leaves,
        optimiser: torch.optim.Optimizer,
        features: Tensor,
        target: Tensor,
        parameter: Tensor,
        rows: Tensor | None,
        uniform: Tensor,
        strength: float | Tensor,
        *rates: float | Tensor,
    ) -> Tensor:
        """One update with a learning rate for every group; mean squared error (T,) before it."""
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate
        error, penalty = self.loss(leaves, Batch(features, target, parameter, rows), uniform)
        optimiser.zero_grad(set_to_none=True)
        (error + strength * penalty).sum().backward()  # a sum over trials, whose gradients do not mix
        optimiser.step()
        return error.detach()

    def loss(self, leaves: Leaves, batch: Batch, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """Mean squared error (T,), and the gates' penalty with the smoothing (T,)."""
        named = self.network.unpacked(leaves)
        weights = self.network.weights(named, batch.parameter, batch.rows)
        z = gates.sampled(leaves[GATES], uniform)
        error = self.network.squared_error(weights, z, batch.features, batch.target)
        return error, gates.penalty(leaves[GATES]).sum(1) + self._smoothing(named)

    def _smoothing(self, named: dict[str, Tensor]) -> Tensor | float:
        """Differences of stacked weights between neighbouring parameter values (paper, Eq. 9, or as in the code)."""
        schedule, architecture = self.schedule, self.network.architecture
        if schedule.smoothing == "none" or architecture.source != "stacked":
            return 0.0
        squared = schedule.smoothing == "squared"
        layers = architecture.layers + 1 if squared else architecture.layers - 1
        stacked = [named[f"w{layer}"] for layer in range(layers) if architecture.varies(layer)]
        return schedule.smoothing_weight * sum(Roughness.apply(w, squared) for w in stacked)

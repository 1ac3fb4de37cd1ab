"""SEQL and HEQL as one would write them in plain PyTorch: one trial, a module, autograd, torch.optim.RMSprop.

The published protocol (paper B; its code): three hidden layers, inner skips, hard-concrete gates, loss with penalty.
Written without the package, to measure it against; ``copied`` takes over the parameters of one of its trials, so that
both can be held against each other.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

LAYERS, UNITS = 3, 14
PREACTIVATIONS = [2, 4, 4, 2, 2, 2]  # ones, identities, squares, sines, and both operands of the products
BETA, GAMMA, ZETA, EPSILON = 2 / 3, -0.1, 1.1, 1e-6


class Gates(nn.Module):
    """Hard-concrete gates of one layer (Louizos et al. 2018)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.log_alpha = nn.Parameter(0.01 * torch.randn(inputs, outputs))

    def forward(self, uniform: Tensor) -> Tensor:
        """Random gates from uniform draws of the same shape."""
        u = EPSILON + (1 - 2 * EPSILON) * uniform
        s = torch.sigmoid((torch.log(u) - torch.log(1 - u) + self.log_alpha) / BETA)
        return torch.clamp(s * (ZETA - GAMMA) + GAMMA, 0, 1)

    def penalty(self) -> Tensor:
        """Expected number of open gates."""
        return torch.sigmoid(self.log_alpha - BETA * math.log(-GAMMA / ZETA)).sum()


class Stacked(nn.Module):
    """Weights of a SEQL layer, one matrix per parameter value."""

    def __init__(self, values: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.1 * torch.randn(values, inputs, outputs))

    def forward(self, _parameter: Tensor) -> Tensor:
        """All of them."""
        return self.weight


class Meta(nn.Sequential):
    """Weights of a HEQL layer from the parameter."""

    def __init__(self, inputs: int, outputs: int) -> None:
        widths = (1, 64, 64, 256, inputs * outputs)
        layers = [nn.Linear(before, after) for before, after in pairwise(widths)]
        super().__init__(*[m for layer in layers for m in (layer, nn.ReLU())][:-1])
        self.shape = (inputs, outputs)

    def forward(self, parameter: Tensor) -> Tensor:
        """One matrix per parameter value."""
        return super().forward(parameter[:, None]).view(-1, *self.shape)


class PlainNetwork(nn.Module):
    """One trial of SEQL ('seql') or HEQL ('heql') with one feature.

    ``looped``: whether the smoothing is a sum over neighbours one by one, as in the authors' code.
    """

    def __init__(self, network: str, values: int, looped: bool = False) -> None:
        super().__init__()
        self.looped = looped
        widths, outputs = (1, 1 + UNITS, 1 + 2 * UNITS), sum(PREACTIVATIONS)
        self.stacked = network == "seql"
        self.gates = nn.ModuleList(Gates(width, outputs) for width in widths)
        weights = [Stacked(values, width, outputs) if self.stacked else Meta(width, outputs) for width in widths]
        self.weights = nn.ModuleList(weights)
        self.output = nn.Parameter(torch.rand(values if self.stacked else 1, UNITS, 1))

    def forward(self, x: Tensor, parameter: Tensor, uniform: list[Tensor]) -> Tensor:
        """Output (B, S) at features x (B, S, 1) and parameter (B,)."""
        h = x
        for layer, (gates, weights, draws) in enumerate(zip(self.gates, self.weights, uniform)):
            g = (h @ (weights(parameter) * gates(draws))).split(PREACTIVATIONS, -1)
            sines = torch.sin(4 * torch.pi * g[3])
            units = torch.cat([torch.ones_like(g[0]), g[1], g[2] ** 2, sines, 10 * g[4] * g[5]], -1)
            h = torch.cat([units, h], -1) if layer < LAYERS - 1 else units
        return (h @ self.output).squeeze(-1)

    def loss(self, x: Tensor, y: Tensor, parameter: Tensor, uniform: list[Tensor], strength: float) -> Tensor:
        """Mean squared error plus ``strength`` times penalty and, for SEQL, smoothing."""
        extra = sum(gates.penalty() for gates in self.gates)
        if self.stacked:
            extra = extra + 1e-3 * sum(self._smoothing(w.weight) for w in list(self.weights)[:-1])
        return nn.functional.mse_loss(self(x, parameter, uniform), y) + strength * extra

    def _smoothing(self, weight: Tensor) -> Tensor:
        if self.looped:
            return sum(torch.linalg.norm(weight[j + 1] - weight[j]) for j in range(len(weight) - 1))
        return torch.linalg.norm(weight[1:] - weight[:-1], dim=(1, 2)).sum()

    def draws(self) -> list[Tensor]:
        """Uniform draws for all gates."""
        return [torch.rand_like(gates.log_alpha) for gates in self.gates]


def optimiser_of(model: PlainNetwork) -> torch.optim.Optimizer:
    """What the authors train with, as PyTorch has it."""
    return torch.optim.RMSprop(model.parameters(), alpha=0.9, eps=1e-10)


def train(
    model: PlainNetwork,
    optimiser: torch.optim.Optimizer,
    data: tuple[Tensor, Tensor, Tensor],
    batch: tuple[int, int],
    steps: int,
    strength: float,
) -> None:
    """Steps of at most ``batch`` = (parameter values, samples) on x (P, S, 1), y (P, S) and t (P,), as the authors'."""
    (x, y, parameter), done = data, 0
    while done < steps:
        rows = torch.randperm(len(x)) if batch[0] < len(x) else torch.arange(len(x))
        columns = torch.rand(x.shape[:2]).argsort(1)
        x_mixed, y_mixed = x.take_along_dim(columns[:, :, None], 1), y.take_along_dim(columns, 1)
        for p in rows.split(batch[0]):
            for s in range(0, x.shape[1], batch[1]):
                window = slice(s, s + batch[1])
                optimiser.zero_grad()
                loss = model.loss(x_mixed[p, window], y_mixed[p, window], parameter[p], model.draws(), strength)
                loss.backward()
                optimiser.step()
                done += 1


@torch.no_grad()
def copied(network: str, values: int, named: dict[str, Tensor], looped: bool = False) -> PlainNetwork:
    """The plain network with the parameters of the first of the package's trials, given by name, in their precision."""
    model = PlainNetwork(network, values, looped).to(named["z0"].dtype)
    for layer in range(LAYERS):
        model.gates[layer].log_alpha.copy_(named[f"z{layer}"][0])
        if model.stacked:
            model.weights[layer].weight.copy_(named[f"w{layer}"][0])
            continue
        for k, linear in enumerate(list(model.weights[layer])[::2]):
            linear.weight.copy_(named[f"m{layer}.{k}"][0].flatten(1).T)
            linear.bias.copy_(named[f"b{layer}.{k}"][0].flatten())
    model.output.copy_(named[f"w{LAYERS}"][0])
    return model

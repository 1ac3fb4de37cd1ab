"""Hard-concrete gates: relaxed L0 regularisation (Louizos et al. 2018, arXiv 1712.01312; paper B, Section II-A)."""

import math

import torch
from torch import Tensor

TEMPERATURE, LOW, HIGH = 2 / 3, -0.1, 1.1  # beta, gamma, zeta
EDGE = 1e-6  # uniform draws lie in (EDGE, 1 - EDGE)


def sampled(log_alpha: Tensor, uniform: Tensor) -> Tensor:
    """Random gates in [0, 1] from uniform draws in (0, 1), both of one shape (paper B, Eq. for z)."""
    inside = uniform * (1 - 2 * EDGE) + EDGE
    logistic = torch.log(inside) - torch.log1p(-inside)
    return _stretched(torch.sigmoid((logistic + log_alpha) / TEMPERATURE))


def deterministic(log_alpha: Tensor) -> Tensor:
    """Gates without noise, as used to read the equation."""
    return _stretched(torch.sigmoid(log_alpha))


def penalty(log_alpha: Tensor) -> Tensor:
    """Probability that each gate is open; its sum is the expected L0 norm (paper B, the sparsity loss)."""
    return torch.sigmoid(log_alpha - TEMPERATURE * math.log(-LOW / HIGH))


def _stretched(s: Tensor) -> Tensor:
    return torch.clamp(s * (HIGH - LOW) + LOW, 0, 1)

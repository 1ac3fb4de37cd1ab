"""A trained network as arrays: its gated weights, and its errors as the authors and as we define them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from eqlearn.networks import gates
from eqlearn.networks.network import GATES, Leaves, Network
from eqlearn.networks.scaling import Scaled, Scaling


def gated_weights(network: Network, leaves: Leaves, parameter: np.ndarray) -> tuple[np.ndarray, ...]:
    """Weights of every layer (T, R or 1, inputs, outputs) times the gates without noise, at scaled parameters (R,)."""
    trials = leaves[GATES].shape[0]
    with torch.no_grad():
        given = torch.as_tensor(parameter, dtype=leaves[GATES].dtype).expand(trials, -1)
        weights = network.weights(network.unpacked(leaves), given)
        z = network.per_layer(gates.deterministic(leaves[GATES]))
        return tuple(w.numpy() for w in [w * g for w, g in zip(weights, z)] + weights[len(z) :])


def trial_errors(
    network: Network, leaves: Leaves, samples: Mapping[str, Scaled], scaling: Scaling, draws: list[torch.Generator]
) -> pd.DataFrame:
    """Mean squared errors of every trial, a row each, on every set of samples by name.

    ``{name}_sampled``: scaled target, one random draw of the gates, as the authors report; ``{name}_scaled``: gates
    without noise; ``{name}_physical``: the same in the target's own units.
    """
    rows = []
    for trial, draw in enumerate(draws):
        own = {name: leaf[trial : trial + 1] for name, leaf in leaves.items()}
        uniform = torch.rand((1, network.gate_count), generator=draw, dtype=own[GATES].dtype)
        drawn = {"sampled": gates.sampled(own[GATES], uniform), "scaled": gates.deterministic(own[GATES])}
        row: dict[str, float] = {"trial": trial}
        for name, data in samples.items():
            residuals = {kind: _residual(network, own, z, data) for kind, z in drawn.items()}
            residuals["physical"] = residuals["scaled"] * scaling.target[:, None]
            row |= {f"{name}_{kind}": float(np.mean(r**2)) for kind, r in residuals.items()}
        rows.append(row)
    return pd.DataFrame(rows)


def _residual(network: Network, leaves: Leaves, z: Tensor, data: Scaled) -> np.ndarray:
    """Predicted minus given target (R, S) of one trial."""
    dtype = leaves[GATES].dtype
    with torch.no_grad():
        parameter = torch.as_tensor(data.parameter, dtype=dtype)[None]
        weights = network.weights(network.unpacked(leaves), parameter)
        predicted = network.forward(weights, z, torch.as_tensor(data.features, dtype=dtype)[None].mT)
    return predicted[0].numpy().astype(float) - data.target

"""The equation of a trained network, over all of its parameter values at once (paper B, Section III and Table II).

The structure is worked out once, with a symbol for every open weight; the coefficients are then evaluated as arrays.
"""

import dataclasses

import numpy as np
import sympy

from eqlearn.equation import SYMBOL
from eqlearn.errors import InputError
from eqlearn.networks.form import Form, canonical
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.structure import symbol

# More than a person would read. An EQL network keeps many gates open where the parameter bends the function, but its
# equation is not refined.
MOST_OPEN = {"shared": 100, "stacked": 60, "hyper": 60}


def read_form(trained: TrainedNetwork, trial: int, features: tuple[str, ...]) -> Form:
    """The raw equation of a trial in physical units. InputError where more than ``MOST_OPEN`` gates are open."""
    number, most = trained.open_gates(trial), MOST_OPEN[trained.architecture.source]
    if number > most:
        raise InputError(f"trial {trial}: {number} gates are open, at most {most} can be read")
    values: dict[str, np.ndarray] = {}
    names = (*features, SYMBOL) if trained.architecture.source == "shared" else features
    scales = np.append(trained.scaling.features, trained.scaling.parameter)
    h = [symbol(name) * _named(values, f"scale{k}", 1 / scales[k]) for k, name in enumerate(names)]
    output = _propagated(trained, trial, h, values)
    scaling = trained.scaling
    output *= _named(values, "target_scale", scaling.target)
    if scaling.offset.any():
        output += _named(values, "target_offset", scaling.offset)
    rows = len(trained.values)
    return canonical(output, {name: np.broadcast_to(value, rows) for name, value in values.items()}, names)


def _propagated(trained: TrainedNetwork, trial: int, h: list, values: dict[str, np.ndarray]) -> sympy.Expr:
    """The network's output as an expression of its inputs."""
    architecture = trained.architecture
    sine = _named(values, "sine_scale", architecture.primitives.sine)
    product = _named(values, "product_scale", architecture.primitives.product)
    primitives = dataclasses.replace(architecture.primitives, sine=sine, product=product)
    for layer in range(architecture.layers):
        g = _preactivations(trained.weights[layer][trial], f"w{layer}", h, values)
        h = [*primitives.on_symbols(sympy, g), *(h if architecture.skips(layer) else [])]
    return _preactivations(trained.weights[-1][trial], "output", h, values)[0]


def _preactivations(weights: np.ndarray, name: str, h: list, values: dict[str, np.ndarray]) -> list[sympy.Expr]:
    """W h with a symbol per weight that is not zero at every parameter value; ``weights`` (R or 1, inputs, outputs)."""
    found = [sympy.Integer(0)] * weights.shape[2]
    for i, k in np.argwhere((weights != 0).any(0)):
        if h[i] != 0:
            found[k] += _named(values, f"{name}_{i}_{k}", weights[:, i, k].astype(float)) * h[i]
    return found


def _named(values: dict[str, np.ndarray], name: str, value: np.ndarray | float) -> sympy.Symbol:
    values[name] = np.atleast_1d(np.asarray(value, float))
    return symbol(name)

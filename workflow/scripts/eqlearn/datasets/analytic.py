"""Parametric functions in closed form, sampled at random points (paper B, Section IV-A and Appendix B)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eqlearn.coefficients import Samples
from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.functions import dataset_of, defined, target_of
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.random import generator


def _function(template: str, **coefficients: Samples) -> Equation:
    return Equation(template, ("x",), "t", "y", coefficients)


# The benchmarks of Tables II and VII; p stands for the parameter t.
FUNCTIONS = {
    "f1": _function("p*x**2 + 3*sign(p)*x"),
    "f2": _function("sin(j*x)", j=Samples((-3.0, 0.0, 1.5, 3.0), (1.0, 2.5, 1.75, 3.25))),
    "f3": _function("p*x"),
    "f4": _function("p*x**2 + 3*sin(p)*x"),
    "f5": _function("sin((5 + p)/2*x)"),
}


def function_of(name: str, definitions: Mapping[str, Mapping[str, Any]]) -> Equation:
    """A benchmark by name, or a user's own definition: a template, its features, and coefficients as in an equation
    file. InputError for an unknown name or a definition that cannot be read."""
    if name in definitions:
        return defined(definitions[name], ("x",), "y")
    if name not in FUNCTIONS:
        raise InputError(f"function {name!r}: is neither defined nor one of {', '.join(FUNCTIONS)}.")
    return FUNCTIONS[name]


def grid(segments: Sequence[Sequence[float]]) -> np.ndarray:
    """Parameter values of segments (first, last, number), one after the other; a value where two meet occurs twice,
    as in the authors' data."""
    return np.concatenate([np.linspace(first, last, int(count)) for first, last, count in segments])


def sampled(
    name: str,
    function: Equation,
    values: np.ndarray,
    sizes: Mapping[str, int],
    reach: Mapping[str, float],
    noise: float,
    seed: Sequence[Any],
    attributes: Mapping[str, Any],
) -> ParametricDataset:
    """Samples of a function at P parameter values, with the splits 'train' and 'test'.

    ``sizes`` and ``reach``: number of samples per parameter value, uniform on [-reach, reach] in every feature, by
    split; ``noise``: standard deviation of Gaussian noise on the training target, as share of the standard deviation
    of the target at that parameter value; ``seed``: what the random stream is named by.
    """
    parts = {}
    for split, size in sizes.items():
        rng = generator("analytic", *map(str, seed), split)
        features = rng.uniform(-reach[split], reach[split], (len(values), size, len(function.features)))
        target = target_of(function, features, values)
        if split == "train" and noise:
            target = target + rng.normal(size=target.shape) * noise * target.std(1, keepdims=True)
        parts[split] = features, target
    return dataset_of(name, function, values, parts, attributes)

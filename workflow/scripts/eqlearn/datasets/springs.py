"""Pairs of images of particles and what acts between them (paper B, Section IV-C).

A dataset holds positions, of which images are rendered where they are needed: an image is a function of one position,
64 times its size, and belongs to many pairs. What learns from images must look at nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.functions import dataset_of, defined, target_of
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.random import generator

FEATURES = ("psi1", "psi2")
# k(t) = (5 - t)/2, Eqs. 13 and 14; p stands for the parameter t.
TASKS = {
    "force": Equation("-(5 - p)/2*(psi2 - psi1)", FEATURES, "t", "force", {}),
    "energy": Equation("(5 - p)/4*(psi2 - psi1)**2", FEATURES, "t", "energy", {}),
}
DRAWS = 1000  # of pairs, at most, for one that is close enough


def task_of(name: str, definitions: Mapping[str, Mapping[str, Any]]) -> Equation:
    """A benchmark by name, or a user's own definition: a template, its features (one particle on one image each), and
    coefficients as in an equation file. InputError for an unknown name or a definition that cannot be read."""
    if name in definitions:
        return defined(definitions[name], FEATURES, name)
    if name not in TASKS:
        raise InputError(f"task {name!r}: is neither defined nor one of {', '.join(TASKS)}.")
    return TASKS[name]


def sampled(
    name: str,
    task: Equation,
    values: np.ndarray,
    images: Mapping[str, int],
    samples: Mapping[str, int],
    reach: float,
    separation: Mapping[str, float | None],
    seed: Sequence[Any],
    attributes: Mapping[str, Any],
) -> ParametricDataset:
    """Pairs at P parameter values, with the splits 'train' and 'test'.

    By split: ``images`` are drawn once, one position in each of as many equal cells of [-reach, reach], and
    ``samples`` pairs (or whatever the task takes) of them per parameter value, whose positions differ by
    ``separation`` at most (None: whatever they are). ``seed``: what the random stream is named by.
    """
    parts = {}
    for split, size in samples.items():
        rng = generator("springs", *map(str, seed), split)
        positions = _positions(rng, images[split], reach)
        chosen = _pairs(rng, positions, (len(values), size, len(task.features)), separation[split])
        parts[split] = chosen, target_of(task, chosen, values)
    return dataset_of(name, task, values, parts, attributes)


def _positions(rng: np.random.Generator, number: int, reach: float) -> np.ndarray:
    """DEVIATES: from independent draws, whose largest gap is several pixels wide where images are few."""
    return reach * (2 * (np.arange(number) + rng.uniform(size=number)) / number - 1)


def _pairs(
    rng: np.random.Generator, positions: np.ndarray, shape: tuple[int, ...], separation: float | None
) -> np.ndarray:
    """Positions of ``shape`` (P, S, F), those too far apart drawn again."""
    chosen = positions[rng.integers(len(positions), size=shape)]
    for _ in range(DRAWS):
        far = np.ptp(chosen, axis=2) > (np.inf if separation is None else separation)
        if not far.any():
            return chosen
        chosen[far] = positions[rng.integers(len(positions), size=(int(far.sum()), shape[2]))]
    raise InputError(f"separation: is {separation:g}, which hardly any images are close enough for.")

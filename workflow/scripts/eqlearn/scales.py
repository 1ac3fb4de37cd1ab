"""Scales of trajectories: refined learners work in units in which states and times are of size 1, so that nothing they
find depends on the user's units; published protocols run in those, as their authors did, and warn."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError

SIZES = (1e-20, 1e20)  # of scales: powers and products of larger or smaller ones leave double precision
MIXED = 1e12  # between the scales of experiments: beyond, the smaller ones are round-off of the larger
STATE_BITS, TIME_BITS = 36, 40  # that are kept of scaled values: less than a solution resolves is lost
ORDINARY = (1e-2, 1e2)  # scales at which the absolute thresholds of published protocols were chosen


@dataclass(frozen=True)
class Units:
    """Sizes of states and of scaled times, by which both are divided: C = state·C', s = time·s'."""

    state: float = 1.0
    time: float = 1.0

    def of_states(self, states: np.ndarray) -> np.ndarray:
        """States C' in these units."""
        return rounded(states / self.state, STATE_BITS)

    def of_times(self, times: np.ndarray) -> np.ndarray:
        """Times s' in these units."""
        return rounded(times / self.time, TIME_BITS)

    def whitening(self, matrix: np.ndarray) -> np.ndarray:
        """What whitens states C' as the matrix (S, S) does those of the data."""
        return rounded(self.state * matrix, STATE_BITS)

    def coefficients(self, powers: Sequence[int]) -> np.ndarray:
        """What coefficients (k,) of dC'/ds' are multiplied by to be those of C^power in dC/ds."""
        return np.array([self.state ** (1.0 - power) for power in powers]) / self.time


AS_GIVEN = Units()


def own_units(times: np.ndarray, states: np.ndarray) -> Units:
    """Largest |state|, 1 where all are 0, and median span of trajectories, (P, S) each."""
    return Units(size_of(states), float(np.median(times[:, -1] - times[:, 0])))


def rounded(values: np.ndarray, bits: int) -> np.ndarray:
    """Values to so many binary digits: their last ones change with the unit, and optimisers and the choice between
    models of equal error would follow them."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(np.ldexp(mantissa, bits)), exponent - bits)


def size_of(states: np.ndarray) -> float:
    """The largest absolute value, to which tolerances of solutions are relative; 1 where all are 0."""
    return float(np.abs(states).max()) or 1.0


@dataclass(frozen=True)
class _Scale:
    """A named size, and those of single experiments or values that make it."""

    name: str
    size: float
    parts: np.ndarray


def _scales(data: ParametricDataset) -> list[_Scale]:
    """Of states (the largest each), time (spans) and parameter (absolute values)."""
    sizes = np.abs(data.features).max(axis=1)
    scales = [_Scale(f"|{quantity.name}|", float(part.max()), part) for quantity, part in zip(data.state, sizes.T)]
    if data.time is not None:
        spans = data.time[:, -1] - data.time[:, 0]
        scales.append(_Scale("the span of time", float(np.median(spans)), spans))
    values = np.abs(data.values)
    return [*scales, _Scale(f"|{data.parameter.name}|", float(values.max()), values)]


def require_scales(data: ParametricDataset) -> None:
    """InputError for a state that is 0 throughout, and for scales that double precision cannot hold or compare."""
    for scale in _scales(data):
        sizes = scale.parts[scale.parts > 0]
        if not sizes.size and scale.name != f"|{data.parameter.name}|":
            raise InputError(f"{data.name}: {scale.name} is 0 at every sample, so there is nothing to learn from.")
        if sizes.size and not (SIZES[0] <= sizes.max() <= SIZES[1]):
            allowed = f"must be {SIZES[0]:g} to {SIZES[1]:g}; change its unit"
            raise InputError(f"{data.name}: {scale.name} reaches {sizes.max():g}, {allowed}.")
        if sizes.size and sizes.max() > MIXED * sizes.min():
            found = f"reaches {sizes.min():g} in one experiment and {sizes.max():g} in another"
            raise InputError(
                f"{data.name}: {scale.name} {found}, a factor of {MIXED:g} at most; learn from them apart."
            )


def warnings(data: ParametricDataset) -> list[str]:
    """A sentence for every scale at which a published protocol, which runs in the user's units, may not do what its
    authors saw it do."""
    low, high = ORDINARY
    return [
        f"{scale.name} is about {scale.size:.3g}, outside {low:g} to {high:g} where the published protocol, "
        "which runs in the data's units, was tried; choose other units"
        for scale in _scales(data)
        if scale.size and not low <= scale.size <= high
    ]


def warned(data: ParametricDataset) -> dict[str, list[str]]:
    """The warnings, printed for the log, as what is added to the provenance of an equation: nothing where there are
    none."""
    found = warnings(data)
    for warning in found:
        print(f"Warning: {data.name}: {warning}.", file=sys.stderr, flush=True)
    return {"warnings": found} if found else {}

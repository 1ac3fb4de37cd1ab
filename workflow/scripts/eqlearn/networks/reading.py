"""From trained trials to one equation: every trial is read and pruned, one is chosen, and fitted everywhere.

The choice uses samples of the training domain that no trial was trained on, and simplicity; never the test samples.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eqlearn.coefficients import Coefficient, Constant
from eqlearn.coefficients import Samples as SampledCoefficient
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.networks.elimination import MOST, is_linear, solved
from eqlearn.networks.form import Form, canonical, structure_of
from eqlearn.networks.readout import read_form
from eqlearn.networks.refit import pruned, settled
from eqlearn.networks.samples import Samples
from eqlearn.networks.smoothing import smoothed
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.structure import symbol

MOST_COEFFICIENTS = 30
EXACT = 1e-20  # share of the target's square; errors below are round-off and not told apart


@dataclass(frozen=True)
class Reading:
    """What was read of one trial: the equation as trained, the pruned one, and its held-out squared errors (R, S)
    as shares of the mean squared target, of which the samples' own errors make ``own``; or why nothing was read."""

    trial: int
    raw: Form | None
    form: Form | None
    held_out: np.ndarray | None
    reason: str | None = None
    own: float = 0.0

    @property
    def error(self) -> float:
        """Mean held-out error."""
        return np.inf if self.held_out is None else float(self.held_out.mean())


def read_trial(
    trained: TrainedNetwork, trial: int, features: tuple[str, ...], rows: np.ndarray, fitted: Samples, held_out: Samples
) -> Reading:
    """Read one trial at all of its parameter values, and prune it on samples at some of them (``rows``)."""
    try:
        raw = read_form(trained, trial, features)
    except InputError as error:
        return Reading(trial, None, None, None, str(error))
    if trained.architecture.source == "shared":
        return Reading(trial, raw, None, None, f"trial {trial}: an EQL equation is not refined")
    most = MOST if fitted.errors is not None and is_linear(raw) else MOST_COEFFICIENTS
    if len(raw.values) > most:
        reason = f"trial {trial}: has {len(raw.values)} coefficients, at most {most} can be pruned"
        return Reading(trial, raw, None, None, reason)
    try:
        form, _ = pruned(raw.at(rows), fitted)
    except InputError as error:
        return Reading(trial, raw, None, None, f"trial {trial}: {error}")
    size = np.mean(held_out.target**2)
    with np.errstate(all="ignore"):
        errors = np.square(form.evaluate(held_out.features) - held_out.target) / size
    own = held_out.own_error(form) / size
    return Reading(trial, raw, form, np.nan_to_num(errors, nan=np.inf), own=float(own))


def choose(readings: Iterable[Reading]) -> Reading | None:
    """The simplest reading within one standard error of the least held-out error (Breiman et al. 1984); among equally
    simple ones the most accurate. None where nothing was read."""
    read = [reading for reading in readings if reading.form is not None]
    if not read:
        return None
    best = min(read, key=lambda reading: reading.error)
    limit = max(best.error + float(best.held_out.std()) / best.held_out.size**0.5, best.own, EXACT)
    close = [reading for reading in read if reading.error <= limit]
    return min(close, key=lambda reading: (len(reading.form.values), max(reading.error, EXACT), reading.trial))


def without_small(form: Form, size: float = 0.01) -> Form:
    """Without the terms whose coefficient in front is below a size everywhere (paper B, Section IV-A)."""
    fronts = {str(term.factors[0]) for term in form.terms}
    small = [name for name in sorted(fronts) if np.abs(form.values[name]).max() < size]
    return smoothed(canonical(form.symbolic.subs({symbol(name): 0 for name in small}), form.values, form.features))


def completed(form: Form, rows: np.ndarray, samples: Samples, few: int = 64) -> Form:
    """The form at all R parameter values, from its coefficients at some ``rows``: every value starts from the nearest,
    and from its neighbours, on few samples; then all samples decide. Samples of a field decide at once. A form without
    coefficients is complete."""
    if not form.values:
        return form
    if samples.errors is not None and is_linear(form):
        return solved(form, samples)
    everywhere = np.arange(len(samples.target))
    nearest = np.abs(everywhere[:, None] - rows[None, :]).argmin(1)
    started, _ = settled(form.with_theta(form.theta[nearest]), samples.select(everywhere, few))
    return smoothed(settled(started, samples)[0])


def to_equation(form: Form, values: np.ndarray, parameter: str, target: str, provenance: Mapping[str, Any]) -> Equation:
    """The equation whose coefficients are curves through their values at R parameter values; repeats are averaged."""
    grid, group = np.unique(values, return_inverse=True)
    counts = np.bincount(group)
    coefficients = {
        name: _coefficient(grid, np.bincount(group, value, grid.size) / counts) for name, value in form.values.items()
    }
    span = (float(grid[0]), float(grid[-1]))
    return Equation(form.template, form.inputs, parameter, target, coefficients, span, provenance)


def _coefficient(grid: np.ndarray, values: np.ndarray) -> Coefficient:
    """A curve through its values, or a constant where all are the same."""
    if np.ptp(values) == 0:
        return Constant(float(values[0]))
    return SampledCoefficient(tuple(map(float, grid)), tuple(map(float, values)))


def tabulated(readings: list[Reading]) -> pd.DataFrame:
    """One row per trial: structure as trained, structure after pruning, coefficients, held-out error."""
    return pd.DataFrame(
        {
            "structure_trained": ["" if r.raw is None else structure_of(r.raw) for r in readings],
            "structure": ["" if r.form is None else structure_of(r.form) for r in readings],
            "coefficients": [0 if r.form is None else len(r.form.values) for r in readings],
            "held_out_refitted": [r.error for r in readings],
            "unread": [r.reason or "" for r in readings],
        }
    )

"""The equation behind an encoder: read over the latent variables, then over positions, of which they are linear.

An encoder is never exact, so no term can be told from its error by counting samples. A term is left out where the
squared error without it stays below ``WORSE`` times that of the equation with all the terms that the network has.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.networks.form import Form, canonical
from eqlearn.networks.latent import Latent, Line
from eqlearn.networks.partition import partition, spread
from eqlearn.networks.reading import (
    MOST_COEFFICIENTS,
    Reading,
    choose,
    completed,
    tabulated,
    to_equation,
    without_small,
)
from eqlearn.networks.readout import read_form
from eqlearn.networks.refit import pruned, settled
from eqlearn.networks.samples import Samples, samples_of
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.structure import symbol

WORSE = 4.0  # twice the error
LINE = ("r2", "slope", "intercept", "residual")  # between latent variable and position, in the table of trials


@dataclass(frozen=True)
class Coarse(Samples):
    """Samples on which squared errors below ``share`` of the target's square are not told apart."""

    share: float = 0.0

    @property
    def floor(self) -> np.ndarray:
        """Sum of squared errors (R,) that counts as none."""
        squares = np.square(self.target)
        return self.share * np.full(len(squares), squares.mean() * squares.shape[1])


@dataclass(frozen=True)
class ImageReading:
    """What was read: the equation as trained and the refined one over latent variables, the refined one over positions,
    or a ``reason`` why none was; the ``trial`` they are of (None where none was read), the line between latent variable
    and position of every trial, and a table with a row per trial."""

    raw: Form | None
    latent: Form | None
    physical: Form | None
    trial: int | None
    reason: str | None
    lines: list[Line]
    table: pd.DataFrame


def over_latent(data: ParametricDataset, latent: Latent, trial: int) -> ParametricDataset:
    """The data set with latent variables z1, z2 ... of the images as features, which rise with the position."""
    values = np.sign(latent.line(trial).slope) * latent.of(trial, data.features)
    names = tuple(Quantity(f"z{k}") for k, _ in enumerate(data.state, start=1))
    return dataclasses.replace(data, state=names, features=values)


def over_position(data: ParametricDataset, latent: Latent, trial: int) -> ParametricDataset:
    """The data set with the positions that latent variables stand for as features: what images tell, not the truth."""
    return dataclasses.replace(data, features=latent.line(trial).position(latent.of(trial, data.features)))


def read_images(
    trained: TrainedNetwork,
    latent: Latent,
    data: ParametricDataset,
    trials: pd.DataFrame,
    held_out: int,
    samples: int,
    parameter_values: int,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> ImageReading:
    """Read every trial, choose one, and fit its equation at all parameter values.

    ``samples`` and ``parameter_values``: at most so many per parameter value, and of these, decide about terms.
    """
    few = spread(len(trained.rows), parameter_values)
    rows = trained.rows[few]

    def read(trial: int) -> Reading:
        parts = partition(over_latent(data, latent, trial), None, held_out)
        fitted, fresh = (samples_of(part).select(rows, samples) for part in (parts.training, parts.held_out))
        return _read_trial(trained, trial, latent, few, fitted, fresh)

    readings = [read(trial) for trial in progress(range(trained.trials))]
    chosen = choose(readings)
    lines = [latent.line(trial) for trial in range(trained.trials)]
    latents = {f"latent_{name}": [getattr(line, name) for line in lines] for name in LINE}
    table = trials.join(tabulated(readings).assign(**latents))
    table = table.assign(chosen=table["trial"] == (-1 if chosen is None else chosen.trial))
    if chosen is None:
        reason = "; ".join(reading.reason for reading in readings)
        return ImageReading(readings[0].raw, None, None, None, reason, lines, table)
    spaces = (space(data, latent, chosen.trial) for space in (over_latent, over_position))
    over_z, over_psi = (samples_of(partition(space, None, 0).domain) for space in spaces)
    names = tuple(quantity.name for quantity in data.state)
    moved = _moved(chosen.form, latent.line(chosen.trial), names)
    simple = pruned(moved, _coarse(moved, over_psi.select(rows, samples)))[0]
    refined = completed(chosen.form, rows, over_z), completed(simple, rows, over_psi)
    return ImageReading(chosen.raw, *refined, chosen.trial, None, lines, table)


def _coarse(form: Form, samples: Samples) -> Coarse:
    """Samples on which ``WORSE`` times the squared error of a form, with its best coefficients, counts as none."""
    share = settled(form, samples)[1].sum() / np.square(samples.target).sum()
    return Coarse(samples.features, samples.target, share=WORSE * float(share))


def _read_trial(
    trained: TrainedNetwork, trial: int, latent: Latent, few: np.ndarray, fitted: Samples, held_out: Samples
) -> Reading:
    sign = np.full(fitted.features.shape[2], np.sign(latent.line(trial).slope))
    network = dataclasses.replace(trained, scaling=dataclasses.replace(trained.scaling, features=sign))
    names = tuple(f"z{k}" for k, _ in enumerate(sign, start=1))
    try:
        raw = read_form(network, trial, names)
    except InputError as error:
        return Reading(trial, None, None, None, str(error))
    if not 0 < len(raw.values) <= MOST_COEFFICIENTS:
        reason = f"trial {trial}: has {len(raw.values)} coefficients, 1 to {MOST_COEFFICIENTS} can be pruned"
        return Reading(trial, raw, None, None, reason)
    start = raw.at(few)
    form, _ = pruned(start, _coarse(start, fitted))
    if not form.values:
        return Reading(trial, raw, None, None, f"trial {trial}: no term is left that lowers the error")
    form, _ = settled(form, fitted)
    errors = np.square(form.evaluate(held_out.features) - held_out.target) / np.mean(held_out.target**2)
    return Reading(trial, raw, form, np.nan_to_num(errors, nan=np.inf))


def _moved(form: Form, line: Line, names: tuple[str, ...]) -> Form:
    """The same equation over positions, latent variables being linear in them."""
    sign = np.sign(line.slope)
    rows = len(form.theta)
    values = {**form.values, "slope": np.full(rows, abs(line.slope)), "intercept": np.full(rows, sign * line.intercept)}
    line_of = {symbol(z): symbol("slope") * symbol(psi) + symbol("intercept") for z, psi in zip(form.features, names)}
    return canonical(form.symbolic.subs(line_of, simultaneous=True), values, names)


def equations(
    found: ImageReading, trained: TrainedNetwork, data: ParametricDataset, provenance: Mapping[str, Any]
) -> tuple[Equation, Equation, Equation]:
    """The equation as trained, without small terms, and the refined one over latent variables, then that over
    positions; 'unread' ones carry the reason."""
    names = tuple(quantity.name for quantity in data.state)
    latent = tuple(f"z{k}" for k, _ in enumerate(names, start=1))

    def equation(form: Form | None, values: np.ndarray, features: tuple[str, ...]) -> Equation:
        given = (data.parameter.name, data.rate.name)
        if form is not None:
            return to_equation(form, values, *given, provenance)
        return Equation(None, features, *given, {}, None, provenance, "unread", found.reason)

    raw = found.raw and without_small(found.raw)
    return (
        equation(raw, trained.values, latent),
        equation(found.latent, data.values, latent),
        equation(found.physical, data.values, names),
    )

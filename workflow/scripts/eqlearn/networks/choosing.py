"""The equation of a trained network: which trial, which terms, which coefficients."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.networks.form import Form
from eqlearn.networks.partition import Partition, spread
from eqlearn.networks.reading import choose, completed, read_trial, tabulated, to_equation, without_small
from eqlearn.networks.refit import pruned
from eqlearn.networks.samples import Samples, samples_of
from eqlearn.networks.trained import TrainedNetwork

CHOICES = ("held_out", "test", "train")


@dataclass(frozen=True)
class ReadingSettings:
    """How an equation is read.

    Attributes
    ----------
    choice: 'held_out' (held-out samples and simplicity), or as published 'test' (least test error as the authors
        define it, an optimistic choice) or, where there are no test samples, 'train' (the same of those trained on).
    samples: training samples per parameter value that terms are tested on.
    parameter_values: parameter values that terms are tested at, at most.

    The equation of an EQL network, whose coefficients do not vary, is not refined.
    """

    choice: str = "held_out"
    samples: int = 128
    parameter_values: int = 16

    def __post_init__(self) -> None:
        if self.choice not in CHOICES:
            raise InputError(f"choice: is {self.choice!r}, must be one of {', '.join(CHOICES)}.")


@dataclass(frozen=True)
class Chosen:
    """The chosen trial: the equation as trained (at the trained parameter values), and refined (at all), or None with
    the reason; ``table`` has a row per trial."""

    raw: Form | None
    form: Form | None
    reason: str | None
    table: pd.DataFrame


def read_network(
    trained: TrainedNetwork,
    parts: Partition,
    trials: pd.DataFrame,
    settings: ReadingSettings,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Chosen:
    """Read every trial, choose one, and fit its equation at all parameter values."""
    few = spread(len(trained.rows), settings.parameter_values)
    features = tuple(quantity.name for quantity in parts.training.state)
    rows, both = trained.rows[few], (parts.training, parts.held_out)
    fitted, held_out = (samples_of(part).select(rows, settings.samples) for part in both)
    every = progress(range(trained.trials))
    readings = [read_trial(trained, trial, features, few, fitted, held_out) for trial in every]
    column = "train_sampled" if settings.choice == "train" else "test_sampled"
    as_published = int(trials[column].argmin()) if column in trials else None
    if settings.choice == "test" and as_published is None:
        raise InputError("choice: is 'test', but the data set has no test samples.")
    chosen = choose(readings) if settings.choice == "held_out" else readings[as_published]
    table = trials.join(tabulated(readings))
    table = table.assign(chosen=table["trial"] == (-1 if chosen is None else chosen.trial))
    table = table.assign(least_test_error=table["trial"] == as_published)
    if chosen is not None and trained.architecture.source == "shared":
        return Chosen(chosen.raw, chosen.raw, chosen.reason if chosen.raw is None else None, table)
    if chosen is None or chosen.form is None:
        reason = "; ".join(reading.reason for reading in (readings if chosen is None else [chosen]))
        return Chosen(chosen and chosen.raw, None, reason, table)
    form = _completed_and_pruned(chosen.form, trained.rows[few], samples_of(parts.domain), settings)
    if not form.values:
        reason = f"trial {chosen.trial}: all of its terms were pruned, the target is predicted as well without any"
        return Chosen(chosen.raw, None, reason, table)
    return Chosen(chosen.raw, form, None, table)


def equations(
    chosen: Chosen, trained: TrainedNetwork, data: ParametricDataset, provenance: Mapping[str, Any]
) -> tuple[Equation, Equation]:
    """The chosen equation as trained, without small terms, and the refined one; 'unread' ones carry the reason."""

    def equation(form: Form | None, values: np.ndarray) -> Equation:
        names = (data.parameter.name, data.rate.name)
        if form is not None:
            return to_equation(form, values, *names, provenance)
        features = tuple(quantity.name for quantity in data.state)
        return Equation(None, features, *names, {}, None, provenance, "unread", chosen.reason)

    small = chosen.raw and without_small(chosen.raw)
    return equation(small, trained.values), equation(chosen.form, data.values)


def _completed_and_pruned(form: Form, rows: np.ndarray, samples: Samples, settings: ReadingSettings) -> Form:
    """The form at all parameter values. Terms are tested once more there: neighbours lead out of poor minima, where a
    term too many may have been needed."""
    found = completed(form, rows, samples)
    few = spread(len(samples.target), settings.parameter_values)
    fewer, _ = pruned(found.at(few), samples.select(few, settings.samples))
    return found if len(fewer.values) == len(found.values) else completed(fewer, few, samples)

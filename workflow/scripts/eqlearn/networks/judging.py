"""The verdict on equations of networks: their error on the held-out samples of the domain that they were trained on.

Leaving out parameter values would mean to train again. Where a study holds no samples out, coefficients are fitted to
four of five samples and the fifth is foretold; an equation as trained, which is not fitted again, is then compared with
samples that it has seen, of which there are far more than it has coefficients.
"""

from dataclasses import replace

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.networks.choosing import Chosen
from eqlearn.networks.form import Form
from eqlearn.networks.partition import Partition, columns_of, spread
from eqlearn.networks.refit import refitted
from eqlearn.networks.samples import Samples, samples_of
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.smoother import foretold
from eqlearn.verdict import Limits, decide, spread_of

ROWS, MOST = 16, 512  # parameter values, and samples of each, that coefficients are fitted to
FIFTH = 5


def judged(equation: Equation, form: Form | None, parts: Partition, rows: np.ndarray, limits: Limits) -> Equation:
    """The equation with its verdict. ``form``: the same at all parameter values, to be fitted again to the samples that
    are not held out, or None for an equation that stays as trained; ``rows``: parameter values (indices) that it is
    of. An equation that could not be read has none."""
    if equation.status == "unread":
        return equation
    few = rows[spread(rows.size, ROWS)]
    seen, fresh = _split(parts)
    seen, fresh = samples_of(seen).select(few, MOST), samples_of(fresh).select(few, MOST)
    if form is not None and form.values:
        fitted, _ = refitted(form.at(few), seen)
        predicted = fitted.evaluate(fresh.features)
    else:
        predicted = _evaluated(equation, parts.domain, few, fresh)
    size = spread_of(parts.domain.target)
    with np.errstate(all="ignore"):
        error = float(np.mean(np.square(predicted - fresh.target))) / size
    failure = None if np.isfinite(error) else "its values at held-out samples are not finite"
    return replace(equation, verdict=decide(error, _smoothed(seen, fresh) / size, "samples", limits, failure))


def judged_pair(
    pair: tuple[Equation, Equation], chosen: Chosen, trained: TrainedNetwork, parts: Partition, limits: Limits
) -> tuple[Equation, Equation]:
    """The equation as trained and the refined one, of a chosen trial, with their verdicts."""
    form = None if trained.architecture.source == "shared" else chosen.form
    everywhere = np.arange(parts.domain.values.size)
    return (
        judged(pair[0], None, parts, trained.rows, limits),
        judged(pair[1], form, parts, everywhere if form is not None else trained.rows, limits),
    )


def _split(parts: Partition) -> tuple[ParametricDataset, ParametricDataset]:
    """Samples to fit to, and samples held out."""
    samples = parts.domain.target.shape[1]
    if parts.training.target.shape[1] < samples:
        return parts.training, parts.held_out
    left = np.arange(samples) % FIFTH == FIFTH // 2
    return columns_of(parts.domain, np.flatnonzero(~left)), columns_of(parts.domain, np.flatnonzero(left))


def _evaluated(equation: Equation, data: ParametricDataset, rows: np.ndarray, fresh: Samples) -> np.ndarray:
    named = {quantity.name: fresh.features[:, :, k] for k, quantity in enumerate(data.state)}
    with np.errstate(all="ignore"):
        return equation.evaluate({name: named[name] for name in equation.features}, data.values[rows, None])


def _smoothed(seen: Samples, fresh: Samples) -> float:
    """Mean squared error of the best smoother."""
    pairs = zip(seen.features, seen.target, fresh.features, fresh.target)
    return float(np.mean([np.square(foretold(x, y, at) - own).mean(axis=1) for x, y, at, own in pairs], axis=0).min())

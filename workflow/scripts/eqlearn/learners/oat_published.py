"""OAT ME-EQL as published: a LASSO path per parameter value, then polynomials in p (paper A, Section 2.4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eqlearn.coefficients import Polynomial
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.learners import needs
from eqlearn.learners.learned import Learned, by_value
from eqlearn.learners.published import Fold, Path, Powers, criterion, refit, residuals, select
from eqlearn.random import generator
from eqlearn.terms import powers_of
from eqlearn.time_scale import NONE, time_factor, time_scale

TEST_SHARE = 0.2


@dataclass(frozen=True)
class Settings:
    """path: how structures are selected; target: powers of the joined equation, or 'first' (the structure at the
    lowest parameter value) or 'most_common'; degree: highest degree of the joining polynomials."""

    path: Path
    target: Sequence[int] | str
    degree: int


@dataclass(frozen=True)
class Fit:
    """Equation of one parameter value: coefficients (k,) of dC/dt, and mean squared error of its trajectory."""

    powers: Powers
    coefficients: np.ndarray
    initial: float
    mse: float


def learn(data: ParametricDataset, settings: Settings, provenance: dict, progress=lambda items: items) -> Learned:
    """Learn from all experiments of a dataset with a target; ``progress`` wraps the experiments, such as tqdm.

    ASSUME: the authors drew their splits without a seed; ours come from the dataset's name and parameter value.
    """
    least = needs.least_times_published(settings.path.powers)
    needs.require_times(data.name, data.time.shape[1], least, needs.OAT_PUBLISHED)
    if (data.values == 0).any() and time_scale(data) != NONE:
        raise InputError(
            f"{data.name}: is sampled at {data.parameter.name} = 0, where dC/d(p·t) does not exist; leave it out."
        )
    fits = [fit_alone(data, row, settings.path) for row in progress(range(data.values.size))]
    target = _target(fits, settings.target)
    kept = np.array([fit.powers == target for fit in fits])
    if not kept.any():
        target = _target(fits, "most_common")
        kept = np.array([fit.powers == target for fit in fits])
    more = {"experiments": int(data.values.size), "kept": int(kept.sum())}
    equation = _joined(data, target, kept, fits, settings.degree, {**provenance, **more})

    def fitted_to(rows: np.ndarray) -> Equation | None:
        left = kept & np.isin(np.arange(kept.size), rows)
        return _joined(data, target, left, fits, settings.degree, {}) if left.any() else None

    return Learned(equation, fitted_to, _table(data, fits, kept))


def fit_alone(data: ParametricDataset, row: int, path: Path) -> Fit:
    """Equation of one experiment."""
    times, states, rates = data.time[row], data.features[row, :, 0], data.target[row]
    folds = [_fold(times, states, rates, test, path) for test in _tests(data, row, path.folds)]
    selected = select(folds, path, f"{data.name} at {data.parameter.name} = {data.values[row]:g}")

    def squared_error(coefficients: np.ndarray) -> float:
        return float(np.sum(residuals(coefficients, 1.0, times, states) ** 2))

    coefficients, error = refit(selected, squared_error)
    return Fit(selected.powers, coefficients, float(states[0]), error / states.size)


def _tests(data: ParametricDataset, row: int, folds: int) -> list[np.ndarray]:
    """Test samples of every split: a fifth of all, never the first or the last."""
    samples = data.time.shape[1]
    count = round(TEST_SHARE * samples)
    draw = (generator("splits", data.name, p=float(data.values[row]), fold=fold) for fold in range(folds))
    return [np.sort(1 + stream.permutation(samples - 2)[:count]) for stream in draw]


def _fold(times: np.ndarray, states: np.ndarray, rates: np.ndarray, test: np.ndarray, path: Path) -> Fold:
    train = np.setdiff1d(np.arange(states.size), test)

    def score(coefficients: np.ndarray) -> float:
        error = np.sum(residuals(coefficients, 1.0, times, states)[test] ** 2)
        return criterion(error, test.size, coefficients)

    return Fold(states[train, None] ** np.arange(1, path.powers + 1), rates[train], score)


def _target(fits: list[Fit], target: Sequence[int] | str) -> Powers:
    if target == "first":
        return fits[0].powers
    if target == "most_common":
        return Counter(fit.powers for fit in fits).most_common(1)[0][0]
    return tuple(target)


def _joined(
    data: ParametricDataset, powers: Powers, kept: np.ndarray, fits: list[Fit], degree: int, provenance: dict
) -> Equation:
    """Unweighted least-squares polynomials in p through the kept coefficients, not held outside."""
    values = data.values[kept]
    coefficients = np.stack([fit.coefficients for fit, keep in zip(fits, kept) if keep])
    columns = np.polynomial.polynomial.polyfit(values, coefficients, min(degree, values.size - 1)).T
    state = data.state[0].name
    terms = powers_of(state, powers)
    return Equation(
        template=" + ".join(terms.values()),
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients={name: Polynomial(tuple(column.tolist())) for name, column in zip(terms, columns)},
        valid_range=(float(data.values[0]), float(data.values[-1])),
        provenance=provenance,
    )


def _table(data: ParametricDataset, fits: list[Fit], kept: np.ndarray) -> pd.DataFrame:
    """Coefficients of dC/dt or dC/d(p·t), a row per parameter value, model (alone; common: kept to join) and power."""
    rows = [
        (row, model, power, coefficient / factor, fit.initial, fit.mse)
        for model, chosen in (("alone", np.ones_like(kept)), ("common", kept))
        for row, (factor, fit, keep) in enumerate(zip(time_factor(data, data.values), fits, chosen))
        if keep
        for power, coefficient in zip(fit.powers, fit.coefficients)
    ]
    names = ["row", "model", "power", "coefficient", "initial_state", "mse"]
    return by_value(pd.DataFrame(rows, columns=names), data)

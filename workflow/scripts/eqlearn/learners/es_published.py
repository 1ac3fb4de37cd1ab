"""ES ME-EQL as published: one regression over all experiments with the library p·C ... p·C^K (paper A, Section 2.5).

dC/dt = p·f(C) only rescales time: every parameter value has the same curve in p·t.
"""

import math
from functools import partial

import numpy as np

from eqlearn.coefficients import Constant
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.joint_fit import Trajectory, fit_jointly
from eqlearn.learners.learned import Refittable
from eqlearn.learners.needs import require_two_experiments
from eqlearn.learners.published import Fold, Path, criterion, refit, residuals, select
from eqlearn.terms import powers_of

TEST_SHARE = 0.2


Split = tuple[np.ndarray, np.ndarray]


def published_splits(experiments: int, folds: int) -> list[Split]:
    """Training and test experiments of every split: those of scikit-learn's ``train_test_split`` with random_state 0,
    1, ... over the experiments in order, as the authors drew them (drawn here, for its import takes longer than a fit).
    """
    drawn = [np.random.RandomState(seed).permutation(experiments) for seed in range(folds)]
    tests = math.ceil(TEST_SHARE * experiments)
    return [(rows[tests:], rows[:tests]) for rows in drawn]


def learn(data: ParametricDataset, path: Path, provenance: dict, splits: list[Split] | None = None) -> Equation:
    """Learn from all experiments of a dataset with a target; ``splits`` stand for the published ones.

    Raises InputError for fewer than two experiments.
    """
    return learned(data, path, provenance, splits).equation


def learned(data: ParametricDataset, path: Path, provenance: dict, splits: list[Split] | None = None) -> Refittable:
    """The same with a way to fit the coefficients again: by least squares, which does not stall as Nelder-Mead may."""
    require_two_experiments(data.name, data.values.size)
    experiments = np.arange(data.values.size)
    splits = splits or published_splits(data.values.size, path.folds)
    selected = select([_fold(data, train, test, path) for train, test in splits], path, data.name)
    everything = partial(_mean_squared_error, data, experiments)
    coefficients, mse = refit(selected, everything)
    votes = {" ".join(map(str, powers)): count for powers, count in selected.votes.items()}
    more = {"experiments": int(data.values.size), "votes": votes, "training_mse": mse}

    def fitted_to(rows: np.ndarray) -> Equation:
        some = [Trajectory(data.values[row] * data.time[row], states[row], states[row, 0]) for row in rows]
        fit = fit_jointly(some, np.ones((rows.size, coefficients.size)), np.array(selected.powers), coefficients)
        return _equation(data.select(rows), selected.powers, fit.coefficients, {})

    states = data.features[:, :, 0]
    return Refittable(_equation(data, selected.powers, coefficients, {**provenance, **more}), fitted_to)


def _fold(data: ParametricDataset, train: np.ndarray, test: np.ndarray, path: Path) -> Fold:
    powers = np.arange(1, path.powers + 1)
    columns = data.values[train, None, None] * data.features[train, :, :1] ** powers
    samples = test.size * data.features.shape[1]

    def score(coefficients: np.ndarray) -> float:
        return criterion(samples * _mean_squared_error(data, test, coefficients), samples, coefficients)

    return Fold(columns.reshape(-1, path.powers), data.target[train].ravel(), score)


def _mean_squared_error(data: ParametricDataset, rows: np.ndarray, coefficients: np.ndarray) -> float:
    states = data.features[:, :, 0]
    misses = [residuals(coefficients, data.values[row], data.time[row], states[row]) for row in rows]
    return float(np.mean(np.square(misses)))


def _equation(data: ParametricDataset, powers: tuple[int, ...], values: np.ndarray, provenance: dict) -> Equation:
    state = data.state[0].name
    terms = powers_of(state, powers)
    return Equation(
        template=f"p*({' + '.join(terms.values())})",
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients={name: Constant(float(value)) for name, value in zip(terms, values)},
        valid_range=(float(data.values[0]), float(data.values[-1])),
        provenance=provenance,
    )

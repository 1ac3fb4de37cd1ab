"""The verdict on a partial differential equation: what it foretells where its coefficients were not sampled.

Coefficients are curves over one coordinate. A fifth of its inner values is left out in turn, with what was sampled
there, and the coefficients between the others are interpolated. A smoother gets the other samples at the same value.
Where a learner fits smooth curves to the whole field (the weak form), the values left out have had their small share.
"""

from dataclasses import replace

import numpy as np

from eqlearn.coefficients import Samples
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.networks.partition import spread
from eqlearn.smoother import foretold
from eqlearn.verdict import Limits, decide, spread_of

FOLDS = 5
ROWS, COLUMNS = 20, 64  # values of the coordinate, and samples at each, that are foretold


def judged_field(equation: Equation, data: ParametricDataset, limits: Limits) -> Equation:
    """The equation, with sampled coefficients, with its verdict on a dataset with a target."""
    inner, columns = np.arange(1, data.values.size - 1), np.arange(FOLDS // 2, data.target.shape[1], FOLDS)
    columns = columns[spread(columns.size, COLUMNS)]
    shown, errors, smoothers = spread(inner.size, ROWS), [], []
    for fold in range(FOLDS):
        rows = np.array([inner[k] for k in shown if k % FOLDS == fold], int)
        if rows.size:
            fitted = _without(equation, inner[fold::FOLDS])
            errors.append(np.square(_evaluated(fitted, data, rows, columns) - data.target[np.ix_(rows, columns)]))
            smoothers += [_smoothed(data, row, columns) for row in rows]
    size = spread_of(data.target)
    error, smoothest = np.concatenate(errors).mean() / size, np.mean(smoothers, axis=0).min() / size
    failure = None if np.isfinite(error) else "its values at held-out samples are not finite"
    return replace(equation, verdict=decide(error, smoothest, "conditions", limits, failure))


def _without(equation: Equation, rows: np.ndarray) -> Equation:
    """The equation without the samples of its coefficients at some values."""

    def fewer(coefficient: Samples) -> Samples:
        grid, values = (tuple(np.delete(each, rows).tolist()) for each in (coefficient.grid, coefficient.values))
        return replace(coefficient, grid=grid, values=values, standard_error=None)

    return equation.with_coefficients({name: fewer(own) for name, own in equation.coefficients.items()})


def _evaluated(equation: Equation, data: ParametricDataset, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    named = {quantity.name: data.features[np.ix_(rows, columns, [k])][..., 0] for k, quantity in enumerate(data.state)}
    return equation.evaluate(named, data.values[rows, None])


def _smoothed(data: ParametricDataset, row: int, columns: np.ndarray) -> np.ndarray:
    """Mean squared error (M,) of smoothers at some samples of one value, from the others."""
    x, y = np.delete(data.features[row], columns, axis=0), np.delete(data.target[row], columns)
    return np.square(foretold(x, y, data.features[row, columns]) - data.target[row, columns]).mean(axis=1)

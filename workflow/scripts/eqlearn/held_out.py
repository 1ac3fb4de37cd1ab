"""The verdict on an equation of trajectories: what it foretells of conditions that its coefficients were not fitted to.

Up to five folds of parameter values are left out in turn, and the coefficients of the structure found are fitted to the
others. The lowest and the highest value stay in every fold, because joined coefficients are held beyond what they saw,
and an equation promises nothing there. Of fewer than three values, samples are left out instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares

from eqlearn import polynomial_flow
from eqlearn.dataset import ParametricDataset
from eqlearn.dynamics import forward_solve, state_polynomial
from eqlearn.equation import Equation
from eqlearn.networks.partition import spread
from eqlearn.scales import size_of
from eqlearn.scoring import trajectory_mse
from eqlearn.smoother import foretold
from eqlearn.trajectory_fit import fit_trajectory
from eqlearn.verdict import Limits, Verdict, decide

FOLDS = 5
MOST = 20  # parameter values, evenly spread: more tell no more, and take long
STARTS = 10.0 ** np.arange(-4, 0.5, 0.5)  # shares of the largest state from which a start is sought
EVEN = 1e-6  # relative
INNER = slice(1, -1)  # samples that a smoother need not extrapolate to

Refit = Callable[[np.ndarray], Equation | None]


@dataclass(frozen=True)
class _Missed:
    """Held-out squared errors (H,) of the equation and, at the same points, of every smoother (M, H); or the parameter
    value at which a solution does not integrate."""

    equation: np.ndarray
    smoothers: np.ndarray
    lost: float | None = None


def judged(
    equation: Equation, data: ParametricDataset, refit: Refit, limits: Limits, whole: ParametricDataset
) -> Equation:
    """The equation with its verdict; ``whole``: the table that the dataset is part of, whose variance counts."""
    verdict = trajectory_verdict(equation, data, refit, limits, float(np.var(whole.features)))
    return replace(equation, verdict=verdict)


def trajectory_verdict(
    equation: Equation, data: ParametricDataset, refit: Refit, limits: Limits, variance: float | None = None
) -> Verdict:
    """Verdict on the equation learned from all of a dataset; ``refit(rows)`` gives its structure with coefficients from
    some rows (indices) alone, or None where they do not determine them; ``variance``: of the states of the whole table
    (None: of the dataset)."""
    values = np.unique(data.values)
    values = values[spread(values.size, MOST)]
    rows = np.flatnonzero(np.isin(data.values, values))
    size = float(np.var(data.features)) if variance is None else variance
    lost = next((float(data.values[row]) for row in rows if _solved(equation, data, row) is None), None)
    missed = [] if lost is not None else list(_over_conditions(data, rows, values, refit))
    held_out = "conditions" if missed or values.size > 2 else "samples"
    if not missed and lost is None:
        missed, held_out = [_over_samples(equation, data, row) for row in rows], "samples"
    lost = next((each.lost for each in missed if each.lost is not None), lost)
    if lost is not None:
        reason = f"its solution at {equation.parameter} = {lost:g} does not integrate"
        return decide(np.nan, np.nan, held_out, limits, reason)
    error = np.concatenate([each.equation for each in missed]).mean()
    smoothest = np.concatenate([each.smoothers for each in missed], axis=1).mean(axis=1).min()
    return decide(_over(error, size), _over(smoothest, size), held_out, limits)


def _over(error: float, size: float) -> float:
    return 0.0 if error == 0 else float(error) / size if size > 0 else np.inf


def _over_conditions(data: ParametricDataset, rows: np.ndarray, values: np.ndarray, refit: Refit) -> Iterator[_Missed]:
    """Errors of every inner condition whose coefficients were fitted without it."""
    inner = values[1:-1]
    for fold in range(min(FOLDS, inner.size)):
        left = np.isin(data.values[rows], inner[fold::FOLDS])
        fitted = refit(rows[~left])
        for row in rows[left] if fitted is not None else ():
            states = _solved(fitted, data, row)
            if states is None:
                yield _Missed(np.empty(0), np.empty(0), float(data.values[row]))
                return
            smoothed = np.concatenate([_from_neighbours(data, row, rows[~left]), _from_samples(data, row)])
            yield _Missed(*(np.square(each - data.features[row, :, 0])[..., INNER] for each in (states, smoothed)))


def _from_samples(data: ParametricDataset, row: int) -> np.ndarray:
    """States (M, S) of a run, each from its other samples: over time and, where times are even, over the sample before,
    since what jumps in time, such as a map in steps, may still be a smooth function of it."""
    states, steps = data.features[row, :, 0], np.diff(data.time, axis=1)
    found = foretold(data.time[row, :, None], states)
    if (np.ptp(steps, axis=1) > EVEN * steps.mean(axis=1)).any():
        return found
    lagged = foretold(states[:-1, None], states[1:])
    return np.concatenate([found, np.insert(lagged, 0, states[0], axis=1)])


def _from_neighbours(data: ParametricDataset, row: int, others: np.ndarray) -> np.ndarray:
    """States (2, S) of a run between those of the conditions below and above: at the same time, and at the same time
    times the parameter where this is positive, since a rate may scale time."""
    value, known = data.values[row], data.values[others]
    below, above = known[known < value].max(), known[known > value].min()
    share, ways = (value - below) / (above - below), ((1.0, 1.0, 1.0), (value, below, above))

    def mean(at: float, own: float, factor: float) -> np.ndarray:
        runs = others[known == at]
        curves = [np.interp(own * data.time[row], factor * data.time[k], data.features[k, :, 0]) for k in runs]
        return np.mean(curves, axis=0)

    return np.stack(
        [
            (1 - share) * mean(below, own, low) + share * mean(above, own, high)
            for own, low, high in (ways if below > 0 else ways[:1] * 2)
        ]
    )


def _sample_folds(samples: int) -> Iterator[np.ndarray]:
    """Masks (S,) of the samples that are left out: every fifth of the inner ones."""
    inner = np.arange(1, samples - 1)
    for fold in range(min(FOLDS, inner.size)):
        yield np.isin(np.arange(samples), inner[fold::FOLDS])


def _known_start(data: ParametricDataset) -> float | None:
    """Where runs start, if it was set: as the dataset names it, or as all first readings of several runs agree."""
    nominal, first = data.attributes.get("initial_state"), data.features[:, 0, 0]
    if isinstance(nominal, int | float):
        return float(nominal)
    return float(first[0]) if first.size > 1 and (first == first[0]).all() else None


def _solved(equation: Equation, data: ParametricDataset, row: int) -> np.ndarray | None:
    """States (S,) of a run under an equation, from its known start or the one that fits best; None where the solution
    does not integrate."""
    run, known, scale = data.select(np.array([row])), _known_start(data), size_of(data.features[row])

    def error(states: np.ndarray) -> float:
        return float(trajectory_mse(states[None], run)[0])

    def solve(start: float) -> np.ndarray:
        return forward_solve(equation, data.values[row], float(start), data.time[row], scale)

    states = _best_start(solve, error, data.features[row, :, 0]) if known is None else solve(known)
    return states if np.isfinite(error(states)) else None


def _best_start(solve: Callable, error: Callable, observed: np.ndarray) -> np.ndarray:
    """States from the start that fits best: of several, refined by least squares."""
    largest = observed[np.abs(observed).argmax()]
    tried = [(solve(start), start) for start in (observed[0], *(largest * STARTS))]
    states, start = min(tried, key=lambda pair: error(pair[0]))
    if not np.isfinite(error(states)) or start == 0:
        return states
    scale = np.abs(observed).max()
    found = least_squares(
        lambda x: (solve(x[0]) - observed) / scale, [start], x_scale=abs(start), diff_step=1e-5, max_nfev=20
    )
    refined = solve(found.x[0])
    return min(states, refined, key=error)


def _over_samples(equation: Equation, data: ParametricDataset, row: int) -> _Missed:
    """Errors of every inner sample of a run, to which the terms of the equation were fitted without it."""
    states, value, known = data.features[row, :, 0], float(data.values[row]), _known_start(data)
    span, scale = np.ptp(data.time[row]), np.abs(states).max() or 1.0
    times, units = (data.time[row] - data.time[row, 0]) / span, states / scale
    dense = state_polynomial(equation, value)
    if dense is None:  # ASSUME: terms of other forms are few, and what fits them to a sample hardly changes them
        errors = np.square(_solved(equation, data, row) - states)
        return _Missed(errors[INNER], np.square(_from_samples(data, row) - states)[:, INNER])
    dense *= scale ** (np.arange(dense.size) - 1.0) * span
    start = (_solved(equation, data, row)[0] if known is None else known) / scale
    errors = np.zeros(states.size)
    for left in _sample_folds(states.size):
        found = _foretold(times, units, left, dense, start, known is not None)
        errors[left] = np.square(scale * (found[left] - units[left]))
        if np.abs(found).max() >= polynomial_flow.LIMIT:
            return _Missed(np.empty(0), np.empty(0), value)
    return _Missed(errors[INNER], np.square(_from_samples(data, row) - states)[:, INNER])


def _foretold(times, units, left, dense, start, known) -> np.ndarray:
    """States (S,) of a run whose coefficients, and start where it is not known, were fitted without some samples."""
    powers = tuple(map(int, np.flatnonzero(dense)))
    if not powers:
        return np.full(units.size, start if known else units[~left].mean())
    fit = fit_trajectory(times[~left], units[~left], powers, (dense[list(powers)], start), fit_start=not known)
    dense = np.zeros_like(dense)
    dense[list(powers)] = fit.coefficients
    return polynomial_flow.solve(dense, fit.initial, times)

"""Least squares on a form, and terms tested by leaving them out."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import sympy

from eqlearn.networks.elimination import eliminated, is_linear
from eqlearn.networks.form import Form, Values, canonical
from eqlearn.networks.least_squares import fit
from eqlearn.networks.samples import Samples, criterion
from eqlearn.structure import symbol

FEW = 60  # iterations while terms are tested; a term that needs more stays, and is tested again at the end


def refitted(form: Form, samples: Samples, iterations: int = 200) -> tuple[Form, np.ndarray]:
    """The form with coefficients of least squares at every parameter value, in float64, and its squared errors (R,)."""

    def model(rows: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        predicted, jacobian = form.linearised(samples.features[rows], theta)
        return predicted - samples.target[rows], np.array(jacobian)

    theta = form.theta if form.values else np.empty((len(samples.target), 0))
    found = fit(model, theta, 1e-4 * samples.floor, iterations)
    return (form.with_theta(found.theta) if form.values else form), found.cost


def settled(form: Form, samples: Samples, sweeps: int = 20) -> tuple[Form, np.ndarray]:
    """Refitted, then every parameter value again from the coefficients of its neighbours, while that is better."""
    best, cost = refitted(form, samples)
    for sweep in range(sweeps):
        before = cost
        for step in (1, -1):
            best, cost = _from_neighbours(best, cost, samples, step)
        if not (cost < 0.9 * before).any() and sweep:
            break
    return best, cost


def _from_neighbours(form: Form, cost: np.ndarray, samples: Samples, step: int) -> tuple[Form, np.ndarray]:
    """The better of every row as it is, and fitted from the row ``step`` before it, where rows are not exact yet."""
    source = np.clip(np.arange(len(cost)) - step, 0, len(cost) - 1)
    rows = np.flatnonzero((cost > samples.floor) & (cost > cost[source]))
    if not rows.size or not form.values:
        return form, cost
    theta = form.theta
    tried, tried_cost = refitted(form.with_theta(theta[source[rows]]), samples.select(rows))
    better = tried_cost < cost[rows]
    theta, cost = theta.copy(), cost.copy()
    theta[rows[better]], cost[rows[better]] = tried.theta[better], tried_cost[better]
    return form.with_theta(theta), cost


def pruned(form: Form, samples: Samples) -> tuple[Form, np.ndarray]:
    """Leave out or straighten one piece after another for as long as the criterion does not rise."""
    if samples.errors is not None and is_linear(form):
        return eliminated(form, samples)
    best, cost = settled(form, samples)
    value = criterion(cost, samples, len(best.values), samples.own_error(best))
    while True:
        tried = [(reduced, *_score(reduced, samples)) for reduced in _reductions(best)]
        tried = [entry for entry in tried if entry[3] <= value]
        if not tried:
            return best, cost
        _, best, cost, value = min(tried, key=lambda entry: entry[3])


def _score(form: Form, samples: Samples) -> tuple[Form, np.ndarray, float]:
    fitted, cost = refitted(form, samples, FEW)
    return fitted, cost, criterion(cost, samples, len(fitted.values), samples.own_error(fitted))


def _reductions(form: Form) -> Iterator[Form]:
    """The form without one coefficient, with one sine in place of which its argument stands, and with two terms of
    one skeleton merged."""
    expressions = [(form.symbolic.subs(symbol(name), 0), form.values) for name in form.values]
    sines = sorted(form.symbolic.atoms(sympy.sin), key=str)
    expressions += [(form.symbolic.subs(sine, sine.args[0]), form.values) for sine in sines]
    expressions += list(_merged(form))
    for expression, values in expressions:
        reduced = canonical(expression, values, form.features)
        if len(reduced.values) < len(form.values):
            yield reduced


def _merged(form: Form) -> Iterator[tuple[sympy.Expr, Values]]:
    """One of two terms of a skeleton, at every parameter value with the coefficients of the larger one.

    A stacked network may use one sine at some parameter values and another at the rest.
    """
    for one, other in combinations(form.terms, 2):
        if one.skeleton.split(" #")[0] == other.skeleton.split(" #")[0]:
            kept, left = ([str(factor) for factor in term.factors] for term in (one, other))
            larger = np.abs(form.values[left[0]]) > np.abs(form.values[kept[0]])
            swapped = {k: np.where(larger, form.values[m], form.values[k]) for k, m in zip(kept, left)}
            yield form.symbolic.subs(symbol(left[0]), 0), {**form.values, **swapped}

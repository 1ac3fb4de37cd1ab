"""Coefficients that run smoothly over the parameter.

A stacked network picks one of two signs at every parameter value, a·sin(b·x) or (-a)·sin(-b·x), and one of two orders
of a·sin(b·x) + c·sin(d·x).
"""

from itertools import groupby, permutations

import numpy as np
import sympy

from eqlearn.networks.form import Form
from eqlearn.structure import symbol, terms_of

MOST_ALIKE = 5  # terms of one skeleton, of which all orders are compared


def smoothed(form: Form) -> Form:
    """The same function at every parameter value, in smooth coefficients."""
    return smooth_signs(smooth_order(smooth_signs(form, positive=True)))


def smooth_order(form: Form) -> Form:
    """The same function, terms of one skeleton in the order that changes their coefficients least from one parameter
    value to the next."""
    groups = groupby(form.terms, key=lambda term: term.skeleton.split(" #")[0])
    for alike in ([[str(factor) for factor in term.factors] for term in group] for _, group in groups):
        names = [name for term in alike for name in term]
        elsewhere = [str(f) for term in form.terms for f in term.factors if [*map(str, term.factors)] not in alike]
        alone = len(set(names)) == len(names) and not set(names) & set(elsewhere)
        if 2 <= len(alike) <= MOST_ALIKE and alone:
            form = _ordered(form, alike)
    return form


def _ordered(form: Form, alike: list[list[str]]) -> Form:
    """``alike``: names of the factors of every term."""
    columns = np.array([[form.values[name] for name in term] for term in alike])  # terms, factors, R
    sizes = np.abs(columns).max((0, 2))[None, :, None]
    scaled = columns / np.where(sizes > 0, sizes, 1.0)
    orders = [list(order) for order in permutations(range(len(alike)))]
    before, chosen = scaled[:, :, 0], [orders[0]]
    for row in range(1, scaled.shape[2]):
        chosen.append(min(orders, key=lambda order: np.sum((scaled[order, :, row] - before) ** 2)))
        before = scaled[chosen[-1], :, row]
    ordered = np.stack([columns[order, :, row] for row, order in enumerate(chosen)], 2)
    named = {name: ordered[k, m] for k, term in enumerate(alike) for m, name in enumerate(term)}
    return Form(form.features, form.template, {**form.values, **named})


def smooth_signs(form: Form, positive: bool = False) -> Form:
    """The same function, every sine with the sign that changes its coefficients least from one parameter to the next;
    all in all the coefficients inside are positive, or where they change sign, those in front.

    ``positive``: the first coefficient inside is made positive at every parameter value instead.
    """
    for sine in sorted(form.symbolic.atoms(sympy.sin), key=str):
        inside, outside = _turned_with(form, sine)
        if inside and outside:
            form = _turned(form, inside, outside, positive)
    return form


def _turned_with(form: Form, sine: sympy.Expr) -> tuple[list[str], list[str]]:
    """Coefficients that turn a sine's argument round, and those in front of its odd powers, which make up for it;
    none where the function would change after all."""
    features = tuple(map(symbol, form.features))
    odd = [t for t in sympy.Add.make_args(sympy.expand(form.symbolic)) if t.as_powers_dict()[sine] % 2]
    inside = [term.factors[0] for term in terms_of(sine.args[0], features)]
    outside = [term.as_independent(*features, as_Add=False)[0] for term in odd]
    turned = form.symbolic.subs({factor: -factor for factor in (*inside, *outside)}, simultaneous=True)
    if sympy.expand(turned - form.symbolic) != 0:
        return [], []
    return list(map(str, inside)), list(map(str, outside))


def _turned(form: Form, inside: list[str], outside: list[str], positive: bool) -> Form:
    columns = np.stack([form.values[name] for name in (*inside, *outside)], 1)
    sizes = np.abs(columns).max(0)
    scaled = columns / np.where(sizes > 0, sizes, 1.0)
    signs = np.ones(len(scaled))
    for row in range(1, len(scaled)):
        before = signs[row - 1] * scaled[row - 1]
        signs[row] = 1.0 if np.sum((scaled[row] - before) ** 2) <= np.sum((scaled[row] + before) ** 2) else -1.0
    if positive:
        signs = np.where(columns[:, 0] < 0, -1.0, 1.0)
    signed = signs[:, None] * columns
    for column in () if positive else (signed[:, 0], signed[:, len(inside)]):
        if abs(column.sum()) > 1e-6 * np.abs(column).sum():
            signed *= np.sign(column.sum())
            break
    return Form(form.features, form.template, {**form.values, **dict(zip((*inside, *outside), signed.T))})

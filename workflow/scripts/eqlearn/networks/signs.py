"""One of the two signs of a sine: a·sin(b·x) is (-a)·sin(-b·x), and a stacked network picks one at every parameter."""

import numpy as np
import sympy

from eqlearn.networks.form import Form
from eqlearn.structure import symbol, terms_of


def smooth_signs(form: Form) -> Form:
    """The same function, every sine with the sign that changes its coefficients least from one parameter to the next;
    all in all the coefficients inside are positive, or where they change sign, those in front."""
    for sine in sorted(form.symbolic.atoms(sympy.sin), key=str):
        inside, outside = _turned_with(form, sine)
        if inside and outside:
            form = _smoothed(form, inside, outside)
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


def _smoothed(form: Form, inside: list[str], outside: list[str]) -> Form:
    columns = np.stack([form.values[name] for name in (*inside, *outside)], 1)
    sizes = np.abs(columns).max(0)
    scaled = columns / np.where(sizes > 0, sizes, 1.0)
    signs = np.ones(len(scaled))
    for row in range(1, len(scaled)):
        before = signs[row - 1] * scaled[row - 1]
        signs[row] = 1.0 if np.sum((scaled[row] - before) ** 2) <= np.sum((scaled[row] + before) ** 2) else -1.0
    signed = signs[:, None] * columns
    for column in (signed[:, 0], signed[:, len(inside)]):
        if abs(column.sum()) > 1e-6 * np.abs(column).sum():
            signed *= np.sign(column.sum())
            break
    return Form(form.features, form.template, {**form.values, **dict(zip((*inside, *outside), signed.T))})

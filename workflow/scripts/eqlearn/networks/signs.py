"""One of the two signs of a sine: a·sin(b·x) is (-a)·sin(-b·x), and a stacked network picks one at every parameter."""

import numpy as np
import sympy

from eqlearn.networks.form import Form
from eqlearn.structure import symbol


def smooth_signs(form: Form) -> Form:
    """The same function, every sine with the sign that changes its coefficients least from one parameter to the next;
    all in all the coefficients inside are positive, or where they change sign, those in front."""
    for sine in sorted(form.symbolic.atoms(sympy.sin), key=str):
        inside, outside = _odd_in(form, sine)
        if inside and outside:
            form = _smoothed(form, inside, outside)
    return form


def _odd_in(form: Form, sine: sympy.Expr) -> tuple[list[str], list[str]]:
    """Coefficients in front of the terms of a sine's argument, and those that change the function's sign with it;
    none where a coefficient also stands elsewhere."""
    inside = [
        factor
        for term in sympy.Add.make_args(sine.args[0])
        for factor in term.free_symbols
        if str(factor) in form.values
    ]
    dummy = sympy.Dummy()
    rest = form.symbolic.subs(sine, dummy)
    odd, even = (sympy.expand((rest - sign * rest.subs(dummy, -dummy)) / 2) for sign in (1, -1))
    fronts = [symbol(str(term.factors[0])) for term in form.terms]
    outside = [front for front in fronts if odd.has(front) and not even.has(front)]
    linear = all(sympy.diff(sine.args[0], name, 2) == 0 for name in inside)
    alone = (
        not any(rest.has(name) for name in inside)
        and sine.args[0].subs({name: -name for name in inside}) + sine.args[0] == 0
    )
    complete = sympy.expand(odd.subs({front: -front for front in outside}) + odd) == 0
    good = linear and alone and complete and not sine.args[0].atoms(sympy.sin)
    return ([str(n) for n in inside], [str(n) for n in outside]) if good else ([], [])


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

"""Sums of terms with one coefficient each, as networks of polynomials are: fitted exactly, terms left out in turn."""

from dataclasses import dataclass

import numpy as np
import sympy

from eqlearn.errors import InputError
from eqlearn.networks.form import Form, canonical, evaluated
from eqlearn.networks.samples import Samples, criterion
from eqlearn.structure import as_expression, symbol

MOST = 200  # terms
TINY = 1e-14  # of a column's length: what is left of a column beside the others when it is one of them


def is_linear(form: Form) -> bool:
    """Whether every term has one coefficient, in front, and no two share one."""
    factors = [term.factors for term in form.terms]
    alone = all(len(own) == 1 for own in factors)
    return alone and len(factors) == len({own[0] for own in factors}) == len(form.values)


@dataclass(frozen=True)
class _Fit:
    """Least squares at R parameter values: triangles (R, k, k) of columns of unit length, projected target (R, k), and
    squared errors (R,)."""

    triangle: np.ndarray
    projected: np.ndarray
    cost: np.ndarray

    @property
    def theta(self) -> np.ndarray:
        """Coefficients (R, k)."""
        return np.linalg.solve(self.triangle, self.projected[..., None])[..., 0]

    @property
    def increases(self) -> np.ndarray:
        """By how much the errors of all parameter values grow where one column is left out (k,)."""
        return np.sum(self.theta**2 / np.square(np.linalg.inv(self.triangle)).sum(2), 0)

    def without(self, column: int) -> "_Fit":
        """The same without one column."""
        return _reduced(np.delete(self.triangle, column, 2), self.projected, self.cost)


def _reduced(columns: np.ndarray, target: np.ndarray, beyond: np.ndarray | float = 0.0) -> _Fit:
    directions, triangle = np.linalg.qr(columns)
    projected = np.einsum("rsk,rs->rk", directions, target)
    rest = target - np.einsum("rsk,rk->rs", directions, projected)
    k = np.arange(triangle.shape[2])
    triangle[:, k, k] += np.copysign(TINY, triangle[:, k, k])
    return _Fit(triangle, projected, beyond + np.square(rest).sum(1))


def _start(form: Form, samples: Samples) -> tuple[_Fit, np.ndarray]:
    """The fit of all terms, and the lengths (R, K) of their columns. InputError for fewer samples than terms."""
    size, terms = samples.target.shape[1], len(form.values)
    if size < terms:
        raise InputError(f"samples: there are {size} per parameter value, {terms} terms need as many.")
    columns = form.linearised(samples.features, np.zeros((len(samples.target), terms)))[1]
    lengths = np.linalg.norm(columns, axis=1)
    lengths = np.where(lengths > 0, lengths, 1.0)
    return _reduced(columns / lengths[:, None], samples.target), lengths


def solved(form: Form, samples: Samples) -> Form:
    """The form with coefficients of least squares at every parameter value of the samples."""
    fit, lengths = _start(form, samples)
    return form.with_theta(fit.theta / lengths)


def eliminated(form: Form, samples: Samples) -> tuple[Form, np.ndarray]:
    """Leave out the term that is missed least for as long as the criterion does not rise; the form that is left and its
    squared errors (R,)."""
    (fit, lengths), spread = _start(form, samples), _spread(form, samples)
    kept = np.arange(len(form.values))

    def value(fit: _Fit, kept: np.ndarray) -> float:
        theta = fit.theta / lengths[:, kept]
        own = np.mean(np.einsum("rk,rkl,rl->r", theta, spread[:, kept][:, :, kept], theta))
        return criterion(fit.cost, samples, len(kept), samples.errors[0] + own)

    best = value(fit, kept)
    while kept.size:
        least = int(fit.increases.argmin())
        smaller, rest = fit.without(least), np.delete(kept, least)
        tried = value(smaller, rest)
        if tried > best:
            break
        fit, kept, best = smaller, rest, tried
    return _with(form, kept, fit.theta / lengths[:, kept]), fit.cost


def _with(form: Form, kept: np.ndarray, theta: np.ndarray) -> Form:
    """The form of some of its terms, with coefficients (R, k)."""
    names = np.array(list(form.values))
    left = form.symbolic.subs({symbol(name): 0 for name in np.delete(names, kept)})
    return canonical(left, dict(zip(names[kept], theta.T)), form.features)


def _spread(form: Form, samples: Samples) -> np.ndarray:
    """Mean products (R, K, K) of the terms' slopes, weighted with the squared errors of the features: what these leave
    to the residual is theta @ spread @ theta."""
    shape = samples.target.shape
    named = {name: samples.features[:, :, k] for k, name in enumerate(form.features)}
    terms = [sympy.diff(form.symbolic, symbol(name)) for name in form.values]
    spread = np.zeros((shape[0], len(terms), len(terms)))
    for name, error in zip(form.features, samples.errors[1:]):
        slopes = [evaluated(as_expression(sympy.diff(term, symbol(name))), named, shape) for term in terms]
        columns = np.stack(slopes, 2) if slopes else np.empty((*shape, 0))
        spread += error / shape[1] * np.einsum("rsk,rsl->rkl", columns, columns)
    return spread

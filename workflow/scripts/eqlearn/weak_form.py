"""Weak form of u_t = sum of ξ_k(q)·∂ₓ^d u^a: integrals against smooth bumps, so that noise is never differentiated.

Messenger & Bortz (2021), Weak SINDy for partial differential equations, J. Comput. Phys. 443; here with coefficients
in a basis over the coordinate q on which they depend, x or t.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial, legendre
from scipy.sparse import coo_array, csr_array
from scipy.special import comb

from eqlearn.fields import Field

POWER_X, POWER_T = 8, 4  # of the bumps (1 - s²)^power: smoother than the highest derivative that they take over


@dataclass(frozen=True)
class Bumps:
    """Half widths of the test functions in grid steps of x and t, and every how many steps there is one."""

    half_x: int
    half_t: int
    stride: int = 4


def basis(varying: str, field: Field, size: int, highest: int) -> list[np.ndarray]:
    """Basis over the varying coordinate and its derivatives up to order ``highest``, each (Q, size): Fourier over x,
    which is periodic (size odd), Legendre over t (no derivatives needed)."""
    if varying == "t":
        scaled = 2 * (field.t - field.t[0]) / (field.t[-1] - field.t[0]) - 1
        return [legendre.legvander(scaled, size - 1)]
    waves = 2 * np.pi * np.arange(1, size // 2 + 1) / field.period
    phases = np.outer(field.x, waves)
    found = []
    for order in range(highest + 1):
        turned = phases + order * np.pi / 2
        constant = np.full((field.x.size, 1), float(order == 0))
        found.append(np.hstack([constant, np.cos(turned) * waves**order, np.sin(turned) * waves**order]))
    return found


class WeakForm:
    """Integrals of one field against all test functions; rows (N,): those around all points at one time, then the next.

    Test functions are rows of sparse matrices, so that time and memory grow with the grid and not with its square.
    """

    def __init__(self, field: Field, varying: str, bumps: Bumps, highest: int) -> None:
        self.field, self.varying, self.highest = field, varying, highest
        step_t = float(field.t[1] - field.t[0])
        points = np.arange(0, field.x.size, bumps.stride)
        times = np.arange(bumps.half_t, field.t.size - bumps.half_t, bumps.stride)
        derivatives = _bump(bumps.half_x, POWER_X, field.period / field.x.size, highest)
        self._x = [_placed(values, points, field.x.size) for values in derivatives]
        self._t = [_placed(values, times, field.t.size) for values in _bump(bumps.half_t, POWER_T, step_t, 1)]
        self.response = -(self._t[1] @ (self._x[0] @ field.u.T).T).ravel()

    def columns(self, power: int, order: int, functions: list[np.ndarray]) -> np.ndarray:
        """Integrals of basis·∂ₓ^order u^power, (N, size of the basis): derivatives moved onto bump and basis."""
        values, size = (-1.0) ** order * self.field.u**power, functions[0].shape[1]
        if self.varying == "t":
            inner = (self._x[order] @ values.T).T
            parts = [self._t[0] @ (functions[0][:, [m]] * inner) for m in range(size)]
        else:
            inner = np.ascontiguousarray((self._t[0] @ values).T)
            parts = [(self._weighted(order, functions, m) @ inner).T for m in range(size)]
        return np.stack([part.ravel() for part in parts], axis=1)

    def _weighted(self, order: int, functions: list[np.ndarray], m: int) -> csr_array:
        """Derivative of bump times function m of the basis over x, by the product rule."""
        bump = self._x[0]  # whose derivatives lie at the same places
        parts = [comb(order, j) * self._x[j].data * functions[order - j][bump.indices, m] for j in range(order + 1)]
        return csr_array((sum(parts), bump.indices, bump.indptr), shape=bump.shape)


def _placed(values: np.ndarray, centres: np.ndarray, points: int) -> csr_array:
    """A bump (2·half + 1,) around every centre of a grid, (centres, points); the grid is periodic."""
    half = values.size // 2
    columns = (centres[:, None] + np.arange(-half, half + 1)) % points
    rows = np.repeat(np.arange(centres.size), values.size)
    return coo_array((np.tile(values, centres.size), (rows, columns.ravel())), (centres.size, points)).tocsr()


def _bump(half: int, power: int, step: float, highest: int) -> list[np.ndarray]:
    """Derivatives of (1 - s²)^power at the grid points |s| <= 1, by the coordinate."""
    s, polynomial = np.arange(-half, half + 1) / half, Polynomial([1, 0, -1]) ** power
    return [
        polynomial.deriv(order)(s) / (half * step) ** order if order else polynomial(s) for order in range(highest + 1)
    ]

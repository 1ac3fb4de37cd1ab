"""Weak form of u_t = sum of ξ_k(q)·∂ₓ^d u^a: integrals against smooth bumps, so that noise is never differentiated.

Messenger & Bortz (2021), Weak SINDy for partial differential equations, J. Comput. Phys. 443; here with coefficients
in a basis over the coordinate q on which they depend, x or t.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial, legendre
from scipy.signal import fftconvolve
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
    """Integrals of one field against all test functions; rows (N,) are test functions."""

    def __init__(self, field: Field, varying: str, bumps: Bumps, highest: int) -> None:
        self.field, self.varying, self.highest = field, varying, highest
        step_t = float(field.t[1] - field.t[0])
        self._x = _bump(bumps.half_x, POWER_X, field.period / field.x.size, highest)
        self._t = _bump(bumps.half_t, POWER_T, step_t, 1)
        self._rows = np.arange(0, field.t.size - 2 * bumps.half_t, bumps.stride)
        self._points = np.arange(0, field.x.size, bumps.stride)
        self.response = -self._sampled(self._over_x(self._over_t(field.u, 1), 0)).ravel()

    def columns(self, power: int, order: int, functions: list[np.ndarray]) -> np.ndarray:
        """Integrals of basis·∂ₓ^order u^power, (N, size of the basis): derivatives moved onto bump and basis."""
        values = self.field.u**power
        sign, size = (-1.0) ** order, functions[0].shape[1]
        if self.varying == "t":
            inner = sign * self._over_x(values, order)
            parts = [self._over_t(inner * functions[0][:, [m]], 0) for m in range(size)]
        else:
            inner = self._over_t(values, 0)
            parts = [
                sign
                * sum(comb(order, j) * self._over_x(inner * functions[order - j][:, m], j) for j in range(order + 1))
                for m in range(size)
            ]
        return np.stack([self._sampled(part).ravel() for part in parts], axis=1)

    def _over_x(self, values: np.ndarray, order: int) -> np.ndarray:
        """Periodic correlation with a derivative of the bump."""
        half, points = self._x[order].size // 2, values.shape[1]
        kernel = np.zeros(points)
        np.add.at(kernel, np.arange(-half, half + 1) % points, self._x[order])
        return np.fft.irfft(np.fft.rfft(values, axis=1) * np.conj(np.fft.rfft(kernel)), points, axis=1)

    def _over_t(self, values: np.ndarray, order: int) -> np.ndarray:
        """Correlation where the bump lies inside."""
        return fftconvolve(values, self._t[order][::-1, None], mode="valid", axes=0)

    def _sampled(self, values: np.ndarray) -> np.ndarray:
        return values[self._rows][:, self._points]


def _bump(half: int, power: int, step: float, highest: int) -> list[np.ndarray]:
    """Derivatives of (1 - s²)^power at the grid points |s| <= 1, by the coordinate."""
    s, polynomial = np.arange(-half, half + 1) / half, Polynomial([1, 0, -1]) ** power
    return [
        polynomial.deriv(order)(s) / (half * step) ** order if order else polynomial(s) for order in range(highest + 1)
    ]

"""Fields on a grid, periodic in x, and their derivatives, one signature for all methods."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eqlearn import local_polynomials
from eqlearn.errors import InputError

STATES = ("u", "u_x", "u_xx", "u_xxx", "u_xxxx")  # the derivative of order k is STATES[k]
EVEN = 1e-6  # relative
ALIASED = 1e-2  # share of the energy of a field above two thirds of the resolved wave numbers


@dataclass(frozen=True)
class Field:
    """u (T, X) at times t (T,) and points x (X,), which cover one period without its end.

    InputError for values that are not finite, uneven spacing, or waves that the grid does not resolve.
    """

    x: np.ndarray
    t: np.ndarray
    u: np.ndarray

    def __post_init__(self) -> None:
        for name, axis in (("x", self.x), ("t", self.t)):
            _require_even(name, axis)
        if self.u.shape != (self.t.size, self.x.size):
            raise InputError(f"field: has shape {self.u.shape}, must be {(self.t.size, self.x.size)} (times, points).")
        if not np.isfinite(self.u).all():
            at = np.argwhere(~np.isfinite(self.u))[0]
            raise InputError(f"field: u is not finite at t = {self.t[at[0]]:g}, x = {self.x[at[1]]:g}.")

    @property
    def period(self) -> float:
        """Length of the period in x."""
        return float(self.x.size * (self.x[1] - self.x[0]))

    @cached_property
    def windows(self) -> tuple[int, int]:
        """Windows of local polynomials in t and x; InputError for a grid too small for them."""
        if min(self.u.shape) < local_polynomials.LEAST:
            raise InputError(
                f"field: has {self.t.size} times and {self.x.size} points, local polynomials need "
                f"{local_polynomials.LEAST} of each."
            )
        return local_polynomials.chosen_windows(self.u)

    def require_resolved(self) -> None:
        """InputError where the shortest waves hold energy, so that derivatives would be those of an alias."""
        energy = np.sum(np.abs(np.fft.rfft(self.u - self.u.mean(), axis=1)) ** 2, axis=0)
        share = energy[2 * energy.size // 3 :].sum() / max(energy.sum(), 1e-300)
        if share > ALIASED:
            raise InputError(
                f"field: {share:.1%} of its energy lies in waves shorter than three grid steps of x "
                f"({self.x.size} points), at most {ALIASED:.0%} is allowed: use a finer grid, or data with less noise."
            )


def _require_even(name: str, axis: np.ndarray) -> None:
    steps = np.diff(axis)
    if axis.ndim != 1 or axis.size < 8 or not (steps > 0).all():
        raise InputError(f"field: {name} has {axis.size} values, must be eight or more, increasing.")
    if np.ptp(steps) > EVEN * steps.mean():
        raise InputError(f"field: {name} is spaced unevenly (steps {steps.min():g} to {steps.max():g}).")


def space_derivatives(field: Field, method: str, highest: int = 4) -> np.ndarray:
    """u and its x-derivatives up to order ``highest``, (T, X, 1 + highest).

    Methods: spectral; central (second order); polynomial (local in x and t, for noise). InputError for an unknown
    method or a grid too coarse for it.
    """
    _require_method(method, SPACE)
    if field.x.size < 2 * highest + 1:
        raise InputError(
            f"field: has {field.x.size} points in x, derivatives of order {highest} need {2 * highest + 1}."
        )
    field.require_resolved()
    return np.stack([SPACE[method](field, order) for order in range(highest + 1)], axis=-1)


def time_derivative(field: Field, method: str) -> np.ndarray:
    """u_t (T, X) by second-order differences (central) or local polynomials (polynomial); errors as in space."""
    _require_method(method, TIME)
    return TIME[method](field)


def _require_method(method: str, methods: dict) -> None:
    if method not in methods:
        raise InputError(f"derivative method {method!r} is unknown, use one of {', '.join(methods)}.")


def spectral_matrix(points: int, period: float, order: int) -> np.ndarray:
    """Matrix (X, X) of the x-derivative of an order on a periodic grid."""
    return np.fft.ifft(_waves(points, period, order)[:, None] * np.fft.fft(np.eye(points), axis=0), axis=0).real


def _waves(points: int, period: float, order: int) -> np.ndarray:
    waves = (2j * np.pi * np.fft.fftfreq(points, period / points)) ** order
    if order % 2 and points % 2 == 0:
        waves[points // 2] = 0.0  # the derivative of the shortest wave is not on the grid
    return waves


def _spectral(field: Field, order: int) -> np.ndarray:
    return np.fft.ifft(_waves(field.x.size, field.period, order) * np.fft.fft(field.u, axis=1), axis=1).real


_STENCILS = ([1.0], [-0.5, 0, 0.5], [1.0, -2, 1], [-0.5, 1, 0, -1, 0.5], [1.0, -4, 6, -4, 1])


def _central(field: Field, order: int) -> np.ndarray:
    weights, step = _STENCILS[order], field.period / field.x.size
    shifts = range(-(len(weights) // 2), len(weights) // 2 + 1)
    return sum(w * np.roll(field.u, -shift, axis=1) for w, shift in zip(weights, shifts)) / step**order


def _polynomial(field: Field, order: int) -> np.ndarray:
    return _local(field, (0, order))


def _local(field: Field, orders: tuple[int, int]) -> np.ndarray:
    steps = (float(field.t[1] - field.t[0]), field.period / field.x.size)
    return local_polynomials.derivative(field.u, steps, orders, field.windows)


def _time_central(field: Field) -> np.ndarray:
    return np.gradient(field.u, field.t, axis=0, edge_order=2)


def _time_polynomial(field: Field) -> np.ndarray:
    return _local(field, (1, 0))


SPACE: dict[str, Callable[[Field, int], np.ndarray]] = {
    "spectral": _spectral,
    "central": _central,
    "polynomial": _polynomial,
}
TIME: dict[str, Callable[[Field], np.ndarray]] = {"central": _time_central, "polynomial": _time_polynomial}

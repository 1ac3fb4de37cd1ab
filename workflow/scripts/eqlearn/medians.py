"""Medians over parameter values with their standard error, by the bootstrap (Efron 1979)."""

import numpy as np

from eqlearn.random import generator

DRAWS = 1000


def median_with_error(values: np.ndarray, beside: np.ndarray | float = 0.0) -> tuple[float, float]:
    """Median of values (P,), one per parameter value, less that of ``beside`` (P,), and its standard error.

    Parameter values are drawn anew, each with all of its runs; two methods are drawn together, so that what their
    errors share drops out. The draws depend on P alone. The error is NaN where a draw is not finite (an equation
    that fails) and of a single value.
    """
    values = np.asarray(values, float)
    pair = np.stack([values, np.broadcast_to(np.asarray(beside, float), values.shape)])
    rows = generator("bootstrap of medians", values=values.size).integers(values.size, size=(DRAWS, values.size))
    own, other = map(float, np.median(pair, axis=1))
    of_draws = np.median(pair[:, rows], axis=2)
    if values.size < 2 or not np.isfinite(of_draws).all():
        return own - other, np.nan
    return own - other, float(np.std(of_draws[0] - of_draws[1], ddof=1))


def with_error(value: float, error: float | None) -> str:
    """A number with its standard error to two digits, where it has one: 0.0654 ± 0.0041."""
    if error is None or not error > 0:
        return f"{value:.3g}"
    magnitude = np.floor(np.log10(max(abs(value), error)))
    digits = int(np.clip(magnitude - np.floor(np.log10(error)) + 2, 1, 6))
    return f"{value:.{digits}g} ± {error:.2g}"

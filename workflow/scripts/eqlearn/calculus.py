"""Smoothing and differentiation of one sampled trajectory, one signature for all methods."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.signal import savgol_filter

from eqlearn.errors import InputError

_ENERGY_SHARE = 0.75
_WINDOW_FACTOR = 0.443
_EVEN = 1e-4  # times in a text file are rounded


def differentiate(time: np.ndarray, values: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed state and its time derivative, both (S,), from values (S,) at increasing times (S,).

    Methods, a key of ``METHODS``: central_difference, moving_mean (paper A, as its authors ran it),
    savitzky_golay, smoothing_spline. The first two leave the state as it is.
    Raises InputError for an unknown method, fewer than five samples, values that are not finite, times that do
    not increase, and uneven times where the method needs even ones (moving_mean, savitzky_golay).
    """
    time, values = np.asarray(time, float), np.asarray(values, float)
    if method not in METHODS:
        raise InputError(f"differentiation method {method!r} is unknown, use one of {', '.join(METHODS)}.")
    if time.ndim != 1 or time.shape != values.shape or time.size < 5:
        raise InputError(f"{method}: times {time.shape} and values {values.shape} must be equally long, five at least.")
    bad = ~(np.isfinite(time) & np.isfinite(values))
    bad[1:] |= ~(time[1:] > time[:-1])
    if bad.any():
        found = f"sample {np.argmax(bad)} has time {time[bad][0]:g} and value {values[bad][0]:g}"
        raise InputError(f"{method}: {found}, both must be finite and times must increase.")
    require_times(time, method)
    return METHODS[method](time, values)


def require_times(time: np.ndarray, method: str) -> None:
    """InputError for times (S,) that are uneven where the method needs even ones."""
    if method in ("moving_mean", "savitzky_golay"):
        _even_spacing(time, method)


def _even_spacing(time: np.ndarray, method: str) -> float:
    steps = np.diff(time)
    if np.ptp(steps) > _EVEN * steps.mean():
        raise InputError(f"{method}: times are uneven (steps {steps.min():g} to {steps.max():g}), it needs even ones.")
    return float(steps.mean())


def _central_difference(time: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values.copy(), np.gradient(values, time)


def published_window(rate: np.ndarray) -> int:
    """Window of MATLAB's smoothdata for a raw derivative (S,): the frequency below which 75 % of its energy lies.

    Paper A, supplement; the rule was recovered from the authors' data.
    """
    n = rate.size
    energy = np.cumsum(np.abs(np.fft.rfft(rate - rate.mean(), 2 * n)) ** 2)
    if energy[-1] == 0:
        return 1
    bin_reached = max(1, int(np.argmax(energy >= _ENERGY_SHARE * energy[-1])))
    return window_at(bin_reached, n)


def window_at(bin_reached: int, samples: int) -> int:
    """Window of the rule where a bin of the padded spectrum, counted from 1, is the first to reach that share."""
    return min(samples, int(np.ceil(_WINDOW_FACTOR * 2 * samples / bin_reached)))


def moving_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Centred moving mean (S,) that shrinks at the ends; an even window reaches one sample further back."""
    back, ahead = window // 2, (window - 1) // 2
    total = np.concatenate([[0.0], np.cumsum(values)])
    position = np.arange(values.size)
    first, last = np.maximum(position - back, 0), np.minimum(position + ahead + 1, values.size)
    return (total[last] - total[first]) / (last - first)


def _moving_mean(time: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rate = np.gradient(values, time)
    return values.copy(), moving_mean(rate, published_window(rate))


def _savitzky_golay(time: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    step = _even_spacing(time, "savitzky_golay")
    window, degree = max(5, values.size // 10 | 1), 3
    smoothed = savgol_filter(values, window, degree)
    return smoothed, savgol_filter(values, window, degree, deriv=1, delta=step)


def _smoothing_spline(time: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # The level is found in scaled units: the optimiser inside knows neither hours nor years.
    scale = (time[-1] - time[0]) / (time.size - 1)
    spline = make_smoothing_spline((time - time[0]) / scale, values)
    return spline((time - time[0]) / scale), spline.derivative()((time - time[0]) / scale) / scale


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "central_difference": _central_difference,
    "moving_mean": _moving_mean,
    "savitzky_golay": _savitzky_golay,
    "smoothing_spline": _smoothing_spline,
}

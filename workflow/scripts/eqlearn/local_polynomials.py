"""Derivatives of noisy fields by local polynomials in x and t (Savitzky & Golay 1964); the data choose their windows.

The windows have the least estimated error of the smoothed field (Mallows 1973, C_p), which takes the variance of the
noise from the shortest waves; nothing about the true equation enters.
"""

import numpy as np
from scipy.signal import savgol_coeffs, savgol_filter

DEGREE = 6
WINDOWS = (7, 9, 11, 15, 21, 27, 35, 45, 55, 69, 85, 105, 131)  # grid steps; 7 interpolates
LEAST = 2 * WINDOWS[0]  # points: a window covers half of an axis at most


def derivative(
    u: np.ndarray, steps: tuple[float, float], orders: tuple[int, int], windows: tuple[int, int]
) -> np.ndarray:
    """Derivative of u (T, X) by t and x, of the given orders; all pairs are of t and x, and x is periodic."""
    part = savgol_filter(u, windows[0], DEGREE, deriv=orders[0], delta=steps[0], axis=0)
    return savgol_filter(part, windows[1], DEGREE, deriv=orders[1], delta=steps[1], axis=1, mode="wrap")


def chosen_windows(u: np.ndarray) -> tuple[int, int]:
    """Windows in t and x for a field u (T, X) with white noise; T and X at least LEAST."""
    times, points = u.shape
    waves = np.fft.rfft(u, axis=1)
    variance = noise_variance(u)
    kernels = {window: _transfer(window, points) for window in WINDOWS if 2 * window <= points}
    risks = {}
    for along in (window for window in WINDOWS if 2 * window <= times):
        trace = np.trace(savgol_filter(np.eye(times), along, DEGREE, axis=0)) / times
        smoothed = np.fft.rfft(savgol_filter(u, along, DEGREE, axis=0), axis=1)
        for across, kernel in kernels.items():
            rest = _energy(waves - kernel * smoothed, points)
            risks[along, across] = rest + 2 * variance * trace * savgol_coeffs(across, DEGREE)[across // 2]
    return min(risks, key=risks.__getitem__)


def noise_variance(u: np.ndarray) -> float:
    """Variance of white noise on a field u (T, X) that holds no waves shorter than three grid steps in x."""
    points = u.shape[1]
    waves = np.fft.rfft(u, axis=1)[:, points // 3 : points // 2]
    return float(np.mean(np.abs(waves) ** 2) / points)


def _transfer(window: int, points: int) -> np.ndarray:
    """What smoothing does to every wave of a periodic grid."""
    kernel = np.zeros(points)
    kernel[np.arange(-(window // 2), window // 2 + 1)] = savgol_coeffs(window, DEGREE)
    return np.fft.rfft(kernel).real


def _energy(waves: np.ndarray, points: int) -> float:
    """Mean square of the field with these waves (Parseval)."""
    weights = np.full(waves.shape[1], 2.0)
    weights[0] = 1.0
    if points % 2 == 0:
        weights[-1] = 1.0
    return float(np.mean(np.abs(waves) ** 2 @ weights) / points**2)

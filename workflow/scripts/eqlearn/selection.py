"""Choosing between models."""

from collections.abc import Sequence

import numpy as np

WITHIN = 2.0  # models this close in AIC are not told apart (Burnham & Anderson 2002, Section 2.6)


def akaike(error: np.ndarray | float, samples: int, parameters: np.ndarray | int, floor: float = 0.0) -> np.ndarray:
    """AIC = N·ln(SSE/N) + 2k for squared errors SSE of any shape, never below ``floor``.

    The floor is what the forward solver can tell apart: without it, supersets win on noise-free data by fitting
    its round-off.
    """
    return samples * np.log(np.maximum(error, max(floor, 1e-300)) / samples) + 2.0 * np.asarray(parameters)


def simplest_within(criteria: Sequence[float], complexities: Sequence[tuple], ties: Sequence[float]) -> int:
    """Index of the simplest model within ``WITHIN`` of the least criterion; among equals the least ``ties``."""
    least = min(criteria)
    close = [index for index, value in enumerate(criteria) if value < least + WITHIN]
    return min(close, key=lambda index: (complexities[index], ties[index]))


def left_out_errors(system: np.ndarray, response: np.ndarray, experiments: int) -> np.ndarray:
    """Squared error (P,) of every experiment when a linear model is fitted to the others.

    system (n + r, m): rows of the P experiments, equally many each, then r rows of a penalty, whose response is 0;
    response (n,). By the leverage of an experiment's rows, without fitting again. The first and the last are never
    left out, because nothing is extrapolated; what the fit misses of them counts.
    """
    norms = np.linalg.norm(system, axis=0)
    directions = np.linalg.qr(system / np.where(norms > 0, norms, 1.0))[0][: response.size]
    residual = (response - directions @ (directions.T @ response)).reshape(experiments, -1)
    rows = directions.reshape(experiments, residual.shape[1], -1)
    errors = np.sum(residual**2, axis=1)
    for index in range(1, experiments - 1):
        errors[index] = np.sum(_grown(rows[index], residual[index]) ** 2)
    return errors


def _grown(own: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Residuals (S,) of rows (S, m) that the fit does not see; by way of the smaller of the two matrices."""
    if own.shape[0] <= own.shape[1]:
        return np.linalg.pinv(np.eye(own.shape[0]) - own @ own.T) @ rest
    return rest + own @ (np.linalg.pinv(np.eye(own.shape[1]) - own.T @ own) @ (own.T @ rest))


def simplest_predictor(errors: Sequence[np.ndarray]) -> int:
    """Index of the first model, simplest first, that predicts no worse than the best by one standard error.

    ``errors``: errors (P,) of left-out experiments by model; the standard error is that of the sum of their
    differences (Hastie, Tibshirani & Friedman 2009, Section 7.10).
    """
    best = min(errors, key=np.sum)
    for index, model in enumerate(errors):
        excess = model - best
        spread = np.std(excess, ddof=1) * np.sqrt(excess.size) if excess.size > 1 else 0.0
        if excess.sum() <= spread:
            return index
    raise AssertionError("the best model is no worse than itself")

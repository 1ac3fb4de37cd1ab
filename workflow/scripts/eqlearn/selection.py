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

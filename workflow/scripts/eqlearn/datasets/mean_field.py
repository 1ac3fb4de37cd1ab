"""Mean field of the birth-death-migration model, from its closed form (paper A, Section 2.2)."""

import numpy as np


def density(time: np.ndarray, initial: float, proliferation: float, death: float) -> np.ndarray:
    """Solution of dC/dt = proliferation·C·(1 - C) - death·C at the times, of any shape.

    Written so that nothing overflows and nothing cancels, for any sign of the net growth.
    """
    growth, time = proliferation - death, np.asarray(time, float)
    if growth == 0:
        return initial / (1.0 + initial * proliferation * time)
    if growth > 0:
        return initial / (np.exp(-growth * time) - initial * proliferation * np.expm1(-growth * time) / growth)
    return initial * np.exp(growth * time) / (1.0 + initial * proliferation * np.expm1(growth * time) / growth)


def add_noise(values: np.ndarray, level: float, generator: np.random.Generator) -> np.ndarray:
    """Values (S,) with Gaussian noise of standard deviation level·mean(values) on every sample, the first too."""
    return values + generator.normal(0.0, level * values.mean(), values.size)

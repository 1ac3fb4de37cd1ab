"""Mean field of the birth-death-migration model, from its closed form (paper A, Section 2.2)."""

import numpy as np


def density(time: np.ndarray, initial: float, proliferation: float, death: float) -> np.ndarray:
    """Solution of dC/dt = proliferation·C·(1 - C) - death·C at the times, of any shape.

    Written with expm1 of the net growth, so that it holds for growth zero and below.
    """
    growth = proliferation - death
    exponent = growth * np.asarray(time, float)
    integral = np.expm1(exponent) / growth if growth != 0 else np.asarray(time, float)
    return initial * np.exp(exponent) / (1.0 + initial * proliferation * integral)


def add_noise(values: np.ndarray, level: float, generator: np.random.Generator) -> np.ndarray:
    """Values (S,) with Gaussian noise of standard deviation level·mean(values) on every sample, the first too."""
    return values + generator.normal(0.0, level * values.mean(), values.size)

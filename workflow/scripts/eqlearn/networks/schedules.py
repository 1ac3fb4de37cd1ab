"""Learning rate and regularisation over the training, as factors of their base (paper B, Section IV; its code)."""

from collections.abc import Callable

RISE, CYCLE = 0.7917, 5 / 6
PEAK = (2.4 * RISE) ** 2


def constant(_progress: float) -> float:
    """The base throughout."""
    return 1.0


def one_cycle_rate(progress: float) -> float:
    """Up to five times the base and down again; after 5/6 of the training 1e-4 of it."""
    return 5 - 9.9 * abs(1.2 * progress - 0.5) if progress <= CYCLE else 1e-4


def one_cycle_regularisation(progress: float) -> float:
    """A parabola up to 3.61 times the base, then linearly down to the base, which holds after 5/6."""
    if progress <= RISE:
        return (2.4 * progress) ** 2
    return max(1.0, PEAK + (1 - PEAK) * (progress - RISE) / (CYCLE - RISE))


RATES: dict[str, Callable[[float], float]] = {"constant": constant, "one_cycle": one_cycle_rate}
REGULARISATIONS: dict[str, Callable[[float], float]] = {"constant": constant, "one_cycle": one_cycle_regularisation}

"""Named candidate terms."""

from collections.abc import Iterable


def powers_of(state: str, powers: Iterable[int]) -> dict[str, str]:
    """Terms of a polynomial without constant by the name of their coefficient: {'c1': 'c1*C', 'c2': 'c2*C**2'}."""
    return {f"c{power}": f"c{power}*{state}**{power}" if power > 1 else f"c{power}*{state}" for power in powers}

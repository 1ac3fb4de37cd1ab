"""Named candidate terms."""

import re
from collections.abc import Iterable

from eqlearn.equation import is_name


def powers_of(state: str, powers: Iterable[int]) -> dict[str, str]:
    """Terms of a polynomial without constant by the name of their coefficient: {'c1': 'c1*C', 'c2': 'c2*C**2'}."""
    return {f"c{power}": f"c{power}*{state}**{power}" if power > 1 else f"c{power}*{state}" for power in powers}


def is_state_name(name: str) -> bool:
    """Whether a state may be called so beside the parameter, the functions and the coefficients c1, c2, ..."""
    return is_name(name) and not re.fullmatch(r"c\d+", name)

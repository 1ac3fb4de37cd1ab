"""Named candidate terms."""

import re
from collections.abc import Iterable

from eqlearn.equation import SYMBOL, is_name


def powers_of(state: str, powers: Iterable[int]) -> dict[str, str]:
    """Terms of a polynomial without constant by the name of their coefficient: {'c1': 'c1*C', 'c2': 'c2*C**2'}."""
    return {f"c{power}": f"c{power}*{state}**{power}" if power > 1 else f"c{power}*{state}" for power in powers}


def embedded(state: str, terms: Iterable[tuple[float, int]]) -> dict[str, str]:
    """Terms p^q·C^k, given as (q, k), by the name of their coefficient: {'a1': 'a1*p*C', 'a2': 'a2*p**1.5*C**2'}."""

    def factor(symbol: str, exponent: float) -> list[str]:
        return [] if exponent == 0 else [symbol if exponent == 1 else f"{symbol}**{exponent:g}"]

    named = {f"a{number}": term for number, term in enumerate(terms, start=1)}
    return {name: "*".join([name, *factor(SYMBOL, q), *factor(state, k)]) for name, (q, k) in named.items()}


def is_state_name(name: str) -> bool:
    """Whether a state may be called so beside the parameter, the functions and the coefficients c1, a1, c2, ..."""
    return is_name(name) and not re.fullmatch(r"[ac]\d+", name)

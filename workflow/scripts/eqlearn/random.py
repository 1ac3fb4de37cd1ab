"""Seeds from text, and the random stream used inside compiled loops.

A seed is the SHA-256 of a canonical text such as ``averages|bdm|c0=0.05|p=0.01|replicate=3``. The stream that
an experiment gets depends on what it is and on nothing else: not on batches, cores or the order of the work.
"""

import hashlib
from decimal import Decimal

import numpy as np

from eqlearn.jit import njit

_ROTATE_A, _ROTATE_B, _SHIFT = np.uint64(45), np.uint64(19), np.uint64(17)
_BELOW_53, _BELOW_55, _TWO_BITS = np.uint64(11), np.uint64(9), np.uint64(3)


def canonical(value: float) -> str:
    """Shortest decimal text of a number, without exponent: 0.1, 2, 0.00001 (never '1e-05' or '2.0')."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def seed_words(*parts: str, **named: object) -> np.ndarray:
    """Four unsigned 64-bit words derived from the parts and the named values, in the order given."""
    numbers = (f"{key}={canonical(v) if isinstance(v, float | np.floating) else v}" for key, v in named.items())
    text = "|".join([*parts, *numbers])
    return np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype="<u8").astype(np.uint64)


def generator(*parts: str, **named: object) -> np.random.Generator:
    """NumPy generator seeded by :func:`seed_words`."""
    return np.random.Generator(np.random.PCG64([int(word) for word in seed_words(*parts, **named)]))


@njit
def next_word(stream):
    """Next 64-bit word of xoshiro256+ (Blackman & Vigna 2021, ACM TOMS 47) and the stream behind it.

    A stream is a tuple of four words, which stays in registers; numpy.random.Generator can be called from
    compiled code too, but slows the simulator.
    """
    a, b, c, d = stream
    word = a + d
    c ^= a
    d ^= b
    return word, (a ^ d, b ^ c, c ^ (b << _SHIFT), (d << _ROTATE_A) | (d >> _ROTATE_B))


@njit
def to_unit(word):
    """Uniform double on [0, 1) from the upper 53 bits of a word."""
    return (word >> _BELOW_53) * 2.0**-53


@njit
def direction(word):
    """Uniform 0 ... 3 from two bits that :func:`to_unit` does not use (and not the lowest, which are weak)."""
    return (word >> _BELOW_55) & _TWO_BITS

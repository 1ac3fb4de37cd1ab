"""How much a file may declare: what it unpacks to is bounded by its size, so that no small one fills the memory."""

from pathlib import Path

from eqlearn.errors import InputError

LARGEST = 2**32  # bytes in memory
SMALL = 2**26  # bytes in memory that any file may ask for
RATIO = 100  # bytes in memory per byte of a larger file; numbers that were measured pack fewer than ten


def allowed(size: int) -> int:
    """Bytes that a file of ``size`` bytes may take in memory."""
    return min(LARGEST, max(SMALL, RATIO * size))


def require_size(place: str | Path, declared: int, size: int) -> None:
    """InputError where a file of ``size`` bytes declares more than it may."""
    if declared > allowed(size):
        raise InputError(
            f"{place}: declares {declared:.3g} bytes in a file of {size:.3g}, at most {allowed(size):.3g} are read."
        )

"""Where networks are trained."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from eqlearn.errors import InputError

DEVICES = ("auto", "cpu", "cuda")


def device_of(name: str) -> str:
    """The device for a setting: 'auto' takes a GPU where PyTorch sees one; InputError for 'cuda' without one."""
    if name not in DEVICES:
        raise InputError(f"device: is {name!r}, must be one of {', '.join(DEVICES)}.")
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise InputError("device: is 'cuda', but PyTorch sees no GPU here; use 'cpu' or 'auto'.")
    return "cuda" if name == "cuda" or (name == "auto" and available) else "cpu"


@contextmanager
def enough_memory(trials: int) -> Iterator[None]:
    """InputError in place of what PyTorch and NumPy raise where memory runs out while ``trials`` are trained."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # On a CPU, PyTorch's error has no class of its own.
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and "can't allocate memory" not in str(error):
            raise
        advice = "lower trials, training.batch_parameters or training.batch_samples"
        raise InputError(f"memory: is too small to train {trials} trials; {advice}.") from error

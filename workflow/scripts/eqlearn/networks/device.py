"""Where networks are trained."""

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

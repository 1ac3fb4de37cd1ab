"""Weights of an encoder on disk (safetensors), by which equations over images name it. Needs no PyTorch."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from eqlearn.errors import InputError
from eqlearn.files import replacing


def write_encoder(parameters: Mapping[str, np.ndarray], normalisation: str, path: str | Path) -> None:
    """Write parameters (T, ...) by name, completely or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(save(dict(parameters), metadata={"normalisation": normalisation}))


def read_encoder(path: str | Path) -> dict[str, np.ndarray]:
    """Parameters (T, ...) by name; InputError where the file cannot be read whole."""
    try:
        return load(Path(path).read_bytes())
    except (
        OSError,
        SafetensorError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # a type that NumPy lacks is a KeyError
        raise InputError(f"{path}: holds no encoder, or a truncated one; delete it to remake it.") from error


def encoder_digest(path: str | Path) -> str:
    """SHA-256 of the file, 16 hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]

"""Checkpoints of a training: complete or absent, tied to the settings and data that wrote them."""

from pathlib import Path
from typing import Any

import torch

from eqlearn.errors import InputError
from eqlearn.files import replacing


def save(content: dict[str, Any], identity: str, path: Path) -> None:
    """Write tensors, numbers, lists and dictionaries of them."""
    with replacing(path) as temporary:
        torch.save({"identity": identity, **content}, temporary)


def load(identity: str, path: Path) -> dict[str, Any] | None:
    """Content of a checkpoint on the CPU, None where there is no file; InputError for a foreign or truncated one."""
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)  # no pickled objects
    except Exception as error:  # torch raises a dozen kinds for a truncated archive
        raise InputError(f"{path}: is no checkpoint, or a truncated one; delete it to start anew.") from error
    if content.pop("identity", None) != identity:
        raise InputError(f"{path}: was written by other settings, data or code; delete it to start anew.")
    return content

"""Whether data support an equation: its error on what its coefficients were not fitted to, beside a smoother's."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from eqlearn.errors import InputError

NOT_FOUND = "no equation of this form found"
HELD_OUT = ("conditions", "samples")
LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class Limits:
    """What an equation must not exceed, both at once: ``nmse``, held-out error over the variance of the target, and
    ``smoother_factor`` times the error of a smoother."""

    nmse: float = 0.05
    smoother_factor: float = 4.0


@dataclass(frozen=True)
class Verdict:
    """Whether an equation is ``supported``.

    Attributes
    ----------
    nmse: mean squared held-out error over the variance of the target; None where it does not exist (solutions that do
        not integrate, nothing to hold out).
    smoother_nmse: the same of a smoother, which is what noise and sampling alone cost; None as above.
    held_out: 'conditions' (values of the parameter) or 'samples'.
    reason: why it is not supported, one sentence; None where it is.
    """

    supported: bool
    nmse: float | None
    smoother_nmse: float | None
    held_out: str
    reason: str | None = None

    def __post_init__(self) -> None:
        _validate(self)

    def to_json(self) -> dict[str, Any]:
        """The content that ``from_json`` reads."""
        return asdict(self)


def spread_of(target: np.ndarray) -> float:
    """Variance of a target (P, S) that errors are measured in: that at one value of the parameter, on average, since a
    function is more than its mean there; where it hardly has one, a share of that of all values."""
    return max(float(np.mean(np.var(target, axis=1))), LEAST_SPREAD * float(np.var(target)))


def decide(nmse: float, smoother_nmse: float, held_out: str, limits: Limits, failure: str | None = None) -> Verdict:
    """The verdict on two errors over the variance of the target; ``failure``: why it is no, whatever they are."""
    shown = [value if math.isfinite(value) else None for value in map(float, (nmse, smoother_nmse))]
    if failure is not None:
        return Verdict(False, *shown, held_out, failure)
    # A smoother that fails altogether excuses nothing.
    allowed = max(limits.nmse, limits.smoother_factor * smoother_nmse if math.isfinite(smoother_nmse) else 0.0)
    if nmse <= allowed:
        return Verdict(True, *shown, held_out)
    reason = f"its held-out error is {nmse:.2g} of the variance, above {allowed:.2g}"
    return Verdict(False, *shown, held_out, reason)


def from_json(content: Any) -> Verdict:
    """Verdict from its JSON object; InputError names the key."""
    if not isinstance(content, Mapping):
        raise InputError(f"verdict: is a {type(content).__name__}, must be a mapping of keys.")
    allowed = [f.name for f in fields(Verdict)]
    unknown, missing = set(content) - set(allowed), {"supported", "held_out"} - set(content)
    if unknown:
        raise InputError(f"verdict: key {min(unknown)!r} is unknown, must be one of {', '.join(allowed)}.")
    if missing:
        raise InputError(f"verdict: key {min(missing)!r} is missing.")
    return Verdict(**{"nmse": None, "smoother_nmse": None, **content})


def _validate(verdict: Verdict) -> None:
    if not isinstance(verdict.supported, bool):
        raise InputError(f"verdict: supported is {verdict.supported!r}, must be true or false.")
    for key in ("nmse", "smoother_nmse"):
        value = getattr(verdict, key)
        if value is not None and not (type(value) in (int, float) and 0 <= value < math.inf):
            raise InputError(f"verdict: {key} is {value!r}, must be a finite number from 0, or null.")
    if verdict.held_out not in HELD_OUT:
        raise InputError(f"verdict: held_out is {verdict.held_out!r}, must be one of {', '.join(HELD_OUT)}.")
    if verdict.reason is not None and not isinstance(verdict.reason, str):
        raise InputError(f"verdict: reason is {verdict.reason!r}, must be text or null.")
    if verdict.supported == bool(verdict.reason):
        raise InputError("verdict: needs a reason exactly where the equation is not supported.")


def marked(text: str, verdict: Verdict | None) -> str:
    """A text about an equation, with the words where data do not support it."""
    return text if verdict is None or verdict.supported else f"{text} ({NOT_FOUND})"

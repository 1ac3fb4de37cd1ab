"""Ours against published: every published number gets a row and a verdict by a criterion fixed beforehand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd

from eqlearn.errors import InputError

CRITERIA = ("relative", "at_most", "at_least", "sigma", "none")


@dataclass(frozen=True)
class Number:
    """One published number; ``spread`` is the standard deviation of the ``runs`` behind it, where known."""

    source: str
    item: str
    quantity: str
    value: float
    spread: float = math.nan
    runs: int = 0

    @property
    def path(self) -> str:
        """What the pattern of a criterion matches."""
        return f"{self.source}/{self.item}/{self.quantity}"


@dataclass(frozen=True)
class Measured:
    """Our value of a published number, with the spread of the runs behind it where there are several; ``when``, if not
    in the run that is verified."""

    value: float
    spread: float = math.nan
    runs: int = 1
    when: str = "this run"


def with_lacking(ours: dict[str, Measured], items: set[str], numbers: Iterable[Number]) -> dict[str, Measured]:
    """With the coefficient 0 for published terms that our equations at these ``source/item`` lack."""
    lacking = (number.path for number in numbers if f"{number.source}/{number.item}" in items)
    return {**dict.fromkeys(lacking, Measured(0.0)), **ours}


@dataclass(frozen=True)
class Criterion:
    """What counts as reproduced for the numbers whose path matches the pattern."""

    pattern: str
    kind: str
    bound: float
    reason: str

    def holds(self, published: Number, ours: Measured) -> bool:
        """Whether our value satisfies the criterion."""
        match self.kind:
            case "relative":
                return abs(ours.value - published.value) <= self.bound * abs(published.value)
            case "at_most":
                return ours.value <= self.bound * published.value
            case "at_least":
                return ours.value >= self.bound * published.value
            case "sigma":
                error = math.hypot(published.spread / published.runs**0.5, ours.spread / ours.runs**0.5)
                return abs(ours.value - published.value) <= self.bound * error
        raise InputError(f"criteria.csv: criterion {self.kind!r} is unknown, use one of {', '.join(CRITERIA)}.")

    @property
    def text(self) -> str:
        """Short form for the table."""
        return self.kind if self.kind == "none" else f"{self.kind} {self.bound:g}"


def criteria_of(table: pd.DataFrame) -> list[Criterion]:
    """Criteria from their table; InputError for an unknown kind or a missing bound or reason."""
    criteria = [Criterion(*row) for row in table[["pattern", "criterion", "bound", "reason"]].itertuples(index=False)]
    for row, criterion in enumerate(criteria, start=2):
        bounded = criterion.kind == "none" or criterion.bound == criterion.bound
        if criterion.kind not in CRITERIA or not bounded or not isinstance(criterion.reason, str):
            raise InputError(f"criteria.csv: row {row} needs one of {', '.join(CRITERIA)}, a bound and a reason.")
    return criteria


def compare(
    numbers: Iterable[Number], ours: dict[str, Measured], criteria: list[Criterion], protocol: str
) -> pd.DataFrame:
    """One row for every published number beside ours by one protocol; patterns begin with the protocol.

    InputError for a number that no criterion speaks of.
    """
    rows = []
    for number in numbers:
        path = f"{protocol}/{number.path}"
        criterion = next((c for c in criteria if fnmatchcase(path, c.pattern)), None)
        if criterion is None:
            raise InputError(f"criteria.csv: has no row for the published number {path}.")
        found = ours.get(number.path)
        value = math.nan if found is None else found.value
        verdict = _verdict(criterion, number, found)
        shown = value if math.isfinite(value) else math.nan  # infinite: solutions end early, so nothing to show
        row = (number.source, protocol, number.item, number.quantity, number.value, shown, criterion.text, verdict)
        rows.append((*row, criterion.reason, found.when if found else ""))
    columns = ["source", "protocol", "item", "quantity", "published", "ours", "criterion", "verdict", "reason"]
    return pd.DataFrame(rows, columns=[*columns, "measured"])


def _verdict(criterion: Criterion, number: Number, found: Measured | None) -> str:
    if criterion.kind == "none":
        return "not comparable"
    if found is None:
        return "not computed"
    if number.value != number.value:
        return "published value missing"
    return "reproduced" if criterion.holds(number, found) else "deviates"

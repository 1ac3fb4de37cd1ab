"""Ours against published: every published number gets a row and a verdict by a criterion fixed beforehand."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd

from eqlearn.errors import InputError

CRITERIA = ("relative", "factor", "steps", "at_most", "at_least", "sigma", "none")
ONE_SIDED = ("at_most", "at_least")  # what is refined may be better than published, a target may be passed
VERDICTS = {  # as a reader is told
    "reproduced": "within bounds on either side",
    "not worse": "what is refined, or a target, by a bound on one side",
    "deviates": "outside of the bounds",
    "trivial": "holds and could hardly fail: zero against zero, or a truth against itself",
    "not comparable": "no criterion, for the reason given",
    "not computed": "not in this run; config/paper.yaml or a record has it",
    "published value missing": "as it says",
}
THEORY = "theory"  # of numbers behind which nothing is learned: the mean field, true equations


@dataclass(frozen=True)
class Number:
    """One published number; ``spread`` is the standard deviation of the ``runs`` behind it, where known; ``grid``, the
    values that it can have, where they are few; ``learned`` is False where nothing is, and ``truth`` says that the
    same truth stands on both sides, so that it cannot fail."""

    source: str
    item: str
    quantity: str
    value: float
    spread: float = math.nan
    runs: int = 0
    grid: tuple[float, ...] = ()
    learned: bool = True
    truth: bool = False

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

    @property
    def standard_error(self) -> float:
        """Of our value, NaN where nothing tells it."""
        return self.spread / self.runs**0.5


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
            case "factor":
                ends = published.value / self.bound, published.value * self.bound
                return min(ends) <= ours.value <= max(ends)
            case "steps":
                places = [bisect_left(published.grid, value) for value in (ours.value, published.value)]
                return ours.value in published.grid and abs(places[0] - places[1]) <= self.bound
            case "at_most":
                return ours.value <= self.bound * published.value
            case "at_least":
                return ours.value >= self.bound * published.value
            case "sigma":
                error = math.hypot(published.spread / published.runs**0.5, ours.spread / ours.runs**0.5)
                return abs(ours.value - published.value) <= self.bound * error
        raise InputError(f"criteria.csv: criterion {self.kind!r} is unknown, use one of {', '.join(CRITERIA)}.")

    @property
    def endless(self) -> bool:
        """Whether no number is too small, or none near enough."""
        return self.bound >= 1 if self.kind == "relative" else self.kind == "factor" and self.bound < 1

    @property
    def text(self) -> str:
        """Short form for the table."""
        return self.kind if self.kind == "none" else f"{self.kind} {self.bound:g}"


def criteria_of(table: pd.DataFrame) -> list[Criterion]:
    """Criteria from their table; InputError for an unknown kind, a missing bound or reason, or a bound that leaves a
    side without an end."""
    criteria = [Criterion(*row) for row in table[["pattern", "criterion", "bound", "reason"]].itertuples(index=False)]
    for row, criterion in enumerate(criteria, start=2):
        bounded = criterion.kind == "none" or math.isfinite(criterion.bound)
        if criterion.kind not in CRITERIA or not bounded or not isinstance(criterion.reason, str):
            raise InputError(f"criteria.csv: row {row} needs one of {', '.join(CRITERIA)}, a bound and a reason.")
        if criterion.endless:
            raise InputError(
                f"criteria.csv: row {row} has the bound {criterion.bound:g}, which leaves a side without an end; use "
                "one below 1 for relative, or a factor of 1 or more."
            )
    return criteria


def compare(
    numbers: Iterable[Number],
    ours: dict[str, Measured],
    criteria: list[Criterion],
    protocol: str,
    explanations: Sequence[tuple[str, str]] = (),
) -> pd.DataFrame:
    """One row for every published number beside ours by one protocol; patterns begin with the protocol.

    ``explanations`` of what deviates, by pattern; the first that matches is given, none is ``unexplained``. InputError
    for a number that no criterion speaks of.
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
        known = next((text for pattern, text in explanations if fnmatchcase(path, pattern)), "unexplained")
        explanation = known if verdict == "deviates" else ""
        when, error = (found.when, found.standard_error) if found else ("", math.nan)
        rows.append((*row, criterion.reason, explanation, when, error))
    columns = ["source", "protocol", "item", "quantity", "published", "ours", "criterion", "verdict", "reason"]
    return pd.DataFrame(rows, columns=[*columns, "explanation", "measured", "standard_error"])


def _verdict(criterion: Criterion, number: Number, found: Measured | None) -> str:
    if criterion.kind == "none":
        return "not comparable"
    if found is None:
        return "not computed"
    if number.value != number.value:
        return "published value missing"
    if not criterion.holds(number, found):
        return "deviates"
    if number.truth or number.value == found.value == 0:
        return "trivial"
    return "not worse" if criterion.kind in ONE_SIDED else "reproduced"

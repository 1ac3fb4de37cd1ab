"""Runs of a table under equal parameters: which are replicates of one another, and their average.

Replicates have the same times and starts that do not differ. Starts differ where first values differ by more than a
factor of three and by more than six standard deviations of a single reading; runs that differ are learned from one by
one under their common condition.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

FACTOR, DEVIATIONS = 3.0, 6.0
WHOLE = 0.8  # ASSUME: a run with this share of the times of all lacks readings; one with fewer was recorded otherwise
_NORMAL = 1.482602218505602  # standard deviation over the median of sizes, of a normal distribution


@dataclass(frozen=True)
class Run:
    """Readings of one run at increasing times (S,): of the state (S,), and of its rate (S,) where there is one; ``row``
    of the table with the first."""

    times: np.ndarray
    states: np.ndarray
    rates: np.ndarray | None
    row: int

    @property
    def content(self) -> tuple[bytes, ...]:
        """Equal for runs that agree to the last digit."""
        arrays = (self.times, self.states, self.rates)
        return tuple(b"" if array is None else (array + 0.0).tobytes() for array in arrays)


class Replicates:
    """Runs (R of them) that are averaged at all of their times (S,)."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.row, self.times = runs[0].row, np.unique(np.concatenate([run.times for run in runs]))
        self._places = [np.searchsorted(self.times, run.times) for run in runs]
        self.states = self._filled([run.states for run in runs])
        self.rates = None if runs[0].rates is None else self._filled([run.rates for run in runs])

    def _filled(self, columns: list[np.ndarray]) -> np.ndarray:
        """Readings (R, S); NaN where a run lacks one."""
        filled = np.full((len(columns), self.times.size), np.nan)
        for row, place, column in zip(filled, self._places, columns):
            row[place] = column
        return filled

    @cached_property
    def lacking(self) -> int:
        """How many readings are missing."""
        return int(np.isnan(self.states).sum())

    @cached_property
    def deviation(self) -> np.ndarray:
        """Standard deviation (S,) over the runs; NaN where one alone has a reading."""
        counts = np.sum(np.isfinite(self.states), axis=0)
        squares = np.nansum((self.states - mean(self.states)) ** 2, axis=0)
        return np.sqrt(np.divide(squares, counts - 1, out=np.full(counts.size, np.nan), where=counts > 1))


def mean(readings: np.ndarray) -> np.ndarray:
    """Mean (S,) over those of R runs (R, S) that have a reading."""
    # Sums of equal numbers round, and what all runs agree on must stay what it is.
    first = readings[np.argmax(np.isfinite(readings), axis=0), np.arange(readings.shape[1])]
    return first + np.nansum(readings - first, axis=0) / np.sum(np.isfinite(readings), axis=0)


def reading_noise(runs: Iterable[Run]) -> float:
    """Standard deviation of a single reading, from second differences within runs: how far readings lie from the line
    between their neighbours. By the median, which few bends of the curve do not move."""
    found = np.concatenate([_second_differences(run) for run in runs])
    return float(_NORMAL * np.median(np.abs(found))) if found.size else 0.0


def _second_differences(run: Run) -> np.ndarray:
    """Deviations (S - 2,) from the line between neighbours, over their standard deviation for noise of size one."""
    share = (run.times[1:-1] - run.times[:-2]) / (run.times[2:] - run.times[:-2])
    between = (1 - share) * run.states[:-2] + share * run.states[2:]
    return (run.states[1:-1] - between) / np.sqrt(1 + share**2 + (1 - share) ** 2)


def starts_differ(one: float, other: float, noise: float) -> bool:
    """Whether two first values are no readings of the same start."""
    small, large = sorted((abs(one), abs(other)))
    return (one * other < 0 or large > FACTOR * small) and abs(one - other) > DEVIATIONS * noise


def distinct(runs: Sequence[Run]) -> list[Run]:
    """Runs without those that agree with an earlier one to the last digit."""
    return list({run.content: run for run in reversed(runs)}.values())[::-1]


def by_times(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that share their times, but for a few lost readings; else those of exactly the same times."""
    every = np.unique(np.concatenate([run.times for run in runs]))
    if all(run.times.size >= WHOLE * every.size and run.times[0] == every[0] for run in runs):
        return [list(runs)]
    groups: dict[bytes, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.times.tobytes(), []).append(run)
    return list(groups.values())


def by_start(runs: Sequence[Run], noise: float) -> list[list[Run]]:
    """Runs in groups, by increasing start, in which no two starts differ; in the order given within a group."""
    bounds: list[float] = []
    for first in sorted(run.states[0] for run in runs):
        if not bounds or starts_differ(bounds[-1], first, noise):
            bounds.append(first)
    places = [int(np.searchsorted(bounds, run.states[0], side="right")) for run in runs]
    return [[run for run, own in zip(runs, places) if own == place] for place in sorted(set(places))]

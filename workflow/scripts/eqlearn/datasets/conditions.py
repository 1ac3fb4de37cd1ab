"""Runs of a table by condition: what is averaged, what stays apart, and what a user should know of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from eqlearn.datasets.runs import Replicates, Run, by_start, by_times, distinct, reading_noise

# Replicates that differ by more than this share of the state, and this many times the noise, lack an explanation.
SHARE, TIMES = 0.1, 6.0


@dataclass
class Conditions:
    """Trajectories by parameter value, in the order added; values whose runs differ in start or in times, or by more
    than readings scatter; and how many runs repeat another."""

    values: list[float] = field(default_factory=list)
    trajectories: list[Replicates] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    repeated: int = 0

    def add(self, value: float, runs: list[Run]) -> None:
        """Group the runs of one parameter value."""
        kept, noise = distinct(runs), reading_noise(runs)
        timed = by_times(kept)
        groups = [Replicates(group) for same in timed for group in by_start(same, noise)]
        self.values += [value] * len(groups)
        self.trajectories += groups
        self.repeated += len(runs) - len(kept)
        self.times += [value] if len(timed) > 1 else []
        self.starts += [value] if len(groups) > len(timed) else []
        self.apart += [value] if any(_apart(group, noise) for group in groups) else []

    def notes(self, parameter: str, state: str) -> Iterator[str]:
        """A sentence each."""
        if self.starts:
            at = _listed(parameter, self.starts)
            yield f"at {at} runs start from different values of {state}, and are learned from one by one."
        if self.times:
            yield f"at {_listed(parameter, self.times)} runs have different times, and are learned from one by one."
        if self.repeated:
            count = _count(self.repeated, "run agrees", "runs agree")
            yield f"{count} with another of the same {parameter} to the last digit, and count as one with it."
        lacking = sum(each.lacking for each in self.trajectories)
        if lacking:
            count = _count(lacking, "reading is", "readings are")
            yield f"{count} missing that other replicates have, whose mean stands there."
        if self.apart:
            at = _listed(parameter, self.apart)
            yield (
                f"at {at} replicates differ by far more than readings scatter; if what tells them apart is a "
                "parameter, their average means nothing."
            )


def _apart(replicates: Replicates, noise: float) -> bool:
    known = replicates.deviation[np.isfinite(replicates.deviation)]
    size = np.nanmax(np.abs(replicates.states))
    return bool(known.size and np.sqrt(np.mean(known**2)) > max(TIMES * noise, SHARE * size))


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _listed(name: str, values: list[float]) -> str:
    """The first values, and how many more."""
    more = f" and {len(values) - 3} more" if len(values) > 3 else ""
    return f"{name} = {', '.join(f'{value:g}' for value in values[:3])}{more}"

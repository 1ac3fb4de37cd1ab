"""Share of runs whose interval holds the true parameter, and the shares that intervals of that confidence allow."""

import math
from dataclasses import dataclass

import pandas as pd
from scipy.special import ndtri

CONFIDENCE = 0.9
CERTAINTY = 0.999  # of the binomial interval about the count
LEAST_RUNS = 500  # fewer tell too little of a coverage


@dataclass(frozen=True)
class Coverage:
    """Share of ``runs`` whose interval holds the parameter; NaN where nothing gave intervals."""

    share: float
    runs: int

    @property
    def allowed(self) -> tuple[float, float]:
        """Least and largest share about which a binomial interval (Wilson 1927) holds the confidence."""
        reach = float(ndtri(0.5 + CERTAINTY / 2)) * math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / max(self.runs, 1))
        return max(CONFIDENCE - reach, 0.0), min(CONFIDENCE + reach, 1.0)

    @property
    def verdict(self) -> str:
        """Whether the intervals are right, in a word; of few runs nothing is said."""
        low, high = self.allowed
        if math.isnan(self.share):
            return "none printed"
        if self.runs < LEAST_RUNS:
            return "too few runs"
        return "right" if low <= self.share <= high else "too short" if self.share < low else "too long"


def coverage_of(runs: pd.DataFrame) -> Coverage:
    """Coverage of estimates, columns ``parameter_value, low, high`` (empty where there is no interval).

    A method that gives intervals to some runs only has none: which ones it leaves out is no accident.
    """
    if runs["low"].isna().any() or runs["high"].isna().any():
        return Coverage(math.nan, len(runs))
    return Coverage(float(holds(runs).mean()), len(runs))


def holds(runs: pd.DataFrame) -> pd.Series:
    """Whether every run's interval holds its parameter."""
    return (runs["low"] <= runs["parameter_value"]) & (runs["parameter_value"] <= runs["high"])

"""Success rates."""

from scipy.stats import binomtest


def wilson(right: int, of: int) -> tuple[float, float]:
    """95 % Wilson interval (lowest, highest) of the rate behind ``right`` successes of ``of``."""
    interval = binomtest(int(right), int(of)).proportion_ci(0.95, "wilson")
    return interval.low, interval.high

"""How long learners take."""

import time
from collections.abc import Callable

from eqlearn.dataset import ParametricDataset


def cpu_seconds(learn: Callable, data: ParametricDataset) -> float:
    """CPU seconds of one fit."""
    start = time.process_time()
    learn(data, provenance={})
    return time.process_time() - start

"""How long learners take."""

import time
from collections.abc import Callable

from eqlearn.dataset import ParametricDataset


def cpu_of(run: Callable, *arguments: object, **named: object) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    run(*arguments, **named)
    return time.process_time() - start


def cpu_seconds(learn: Callable, data: ParametricDataset) -> float:
    """CPU seconds of one fit."""
    return cpu_of(learn, data, provenance={})

"""What learners need of trajectories: told before anything runs, and once more by the learners themselves.

Nothing is imported here, since every start of the workflow asks.
"""

from collections.abc import Mapping
from typing import Any

from eqlearn.errors import InputError

REFINED = "the refined protocol"
OAT_PUBLISHED = "OAT by the published protocol"
ES_PUBLISHED = "ES by the published protocol"
NETWORK_TERMS = 1  # of an equation that a network proposes, at least


def least_times_refined(terms: int) -> int:
    """Times of a trajectory for all terms, the initial state, and a residual."""
    return terms + 2


def least_times_published(powers: int) -> int:
    """Times of a trajectory of which four fifths must be more than the powers of the library."""
    return powers + 3


def require_times(name: str, times: int, least: int, protocol: str) -> None:
    """InputError where the trajectories of a dataset are too short."""
    if times < least:
        raise InputError(f"{name}: has {times} times, {protocol} needs {least}.")


def require_two_experiments(name: str, experiments: int) -> None:
    """InputError where there is nothing to split."""
    if experiments < 2:
        raise InputError(f"{name}: has one experiment, {ES_PUBLISHED} needs two to split.")


def require(learner: str, settings: Mapping[str, Any], name: str, times: int, experiments: int) -> None:
    """InputError where a learner (``learner.protocol``) cannot learn from so many experiments of so many times."""
    match learner:
        case "oat.refined":
            terms = min(settings["powers"], settings["max_terms"])
            require_times(name, times, least_times_refined(terms), REFINED)
        case "es.refined":
            require_times(name, times, least_times_refined(settings["powers"]), REFINED)
        case "oat.published":
            require_times(name, times, least_times_published(settings["powers"]), OAT_PUBLISHED)
        case "es.published":
            require_two_experiments(name, experiments)
        case _:  # networks
            require_times(name, times, least_times_refined(NETWORK_TERMS), REFINED)

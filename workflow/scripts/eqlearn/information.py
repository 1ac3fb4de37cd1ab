"""What a trajectory tells about the coefficients of an equation (paper A calls it information content)."""

from dataclasses import dataclass

import numpy as np

from eqlearn.learners.experiment import integral_form
from eqlearn.scales import own_units
from eqlearn.trajectory_fit import effective_samples, error_floor, fit_trajectory

REFERENCE = (1, 2, 3)  # powers of one structure for all, since learned structures have different coefficients


@dataclass(frozen=True)
class Information:
    """condition: of the coefficients' information matrix at unit diagonal, 1 where they are told apart at best;
    standard_errors (k,) of the coefficients."""

    condition: float
    standard_errors: np.ndarray


def information(times: np.ndarray, states: np.ndarray, powers: tuple[int, ...] = REFERENCE) -> Information:
    """Information of one trajectory, times (S,) and states (S,), on dC/dt = sum of c_k·C^k.

    From a least-squares fit of the trajectory whose first state is fitted, too; the condition does not depend on how
    noisy the trajectory is, the standard errors do.
    """
    units = own_units(times[None], states[None])
    times, states = (times - times[0]) / units.time, states / units.state
    start = integral_form(times, states, max(powers)).solution(powers)
    fit, floor = fit_trajectory(times, states, powers, start), error_floor(states)
    scaled = fit.information / np.linalg.norm(fit.information, axis=0)
    condition = float(np.linalg.cond(scaled)) ** 2
    errors = fit.standard_errors(floor, effective_samples(fit, floor))
    return Information(condition, units.coefficients(powers) * errors)

"""OAT ME-EQL: one equation per parameter value, then one for all (paper A, Section 2.4; refined protocol).

DEVIATES from the published protocol, on purpose:
- every support of at most ``max_terms`` terms is tried, so there is no regularisation path and no unconverged fit;
- fits and their ranking are those of the trajectory itself; derivatives are not used at all;
- the initial state is the known one, or fitted, because its sample is as noisy as any other;
- neighbouring residuals of a simulation agree, so the criterion counts effective samples, not samples;
- one support is chosen for all parameter values together, none is dropped;
- coefficients (of dC/d(p·t) where p scales time) are joined by generalised least squares, weighted by what each
  trajectory tells.
"""

from dataclasses import dataclass

import numpy as np

from eqlearn.joining import Joined, join, rejoin
from eqlearn.learners.experiment import Experiment, Powers, leading_supports
from eqlearn.selection import simplest_within
from eqlearn.trajectory_fit import TrajectoryFit

NOISY, EXACT = 1e-5, 1e-12  # penalties on curvature
NOISE = 1e-6  # share of squared residuals in squared states from which an experiment counts as noisy


@dataclass(frozen=True)
class Settings:
    """powers: highest power of the library C ... C^powers; max_terms: largest support that is tried; candidates: how
    many supports of every size are refitted on the trajectory; max_degree: highest degree of the joining polynomials;
    form: 'trajectory', or 'integral' for the weak form."""

    powers: int
    max_terms: int
    candidates: int
    max_degree: int
    form: str = "trajectory"


def common_support(experiments: list[Experiment], candidates: int) -> Powers:
    """One support for all: candidates refitted on every trajectory, then the simplest within mean AIC 2.

    Simplest: fewest terms, then lowest powers; where fits differ by round-off only, the least error instead.
    ASSUME: the mean, not the sum, because a support must serve every experiment and their number is a choice.
    """
    shared = experiments[0].supports
    screened = np.mean([e.criteria(e.errors, shared) for e in experiments], axis=0)
    leading = leading_supports(shared, screened, candidates)
    errors = np.array([[e.fit(powers).error for powers in leading] for e in experiments])
    refitted = np.mean([e.criteria(row, leading) for e, row in zip(experiments, errors)], axis=0)
    total, floor = errors.sum(axis=0), sum(e.floor for e in experiments)
    complexities = [(len(p), sum(p) if error > floor else 0) for p, error in zip(leading, total)]
    return leading[simplest_within(refitted, complexities, total)]


def best_alone(experiment: Experiment, candidates: int) -> TrajectoryFit:
    """Equation of one parameter value alone."""
    return experiment.fit(common_support([experiment], candidates))


def joined(
    variable: np.ndarray,
    experiments: list[Experiment],
    powers: Powers,
    max_degree: int,
    units: np.ndarray | float = 1.0,
) -> Joined:
    """Coefficients of a support over the joining variable (P,), one value per experiment.

    ``units`` (P,): what errors of left-out trajectories are measured in.
    """
    fits, coefficients, weights = _weighted(experiments, powers)
    scales = np.array([f.variance(e.floor, e.effective) for f, e in zip(fits, experiments)])
    floors, squares = np.array([experiment.floor for experiment in experiments]), np.square(units)
    softest = _softest(experiments, fits)
    return join(variable, coefficients, weights, scales / squares, floors / squares, max_degree, softest)


def rejoined(
    found: Joined, variable: np.ndarray, experiments: list[Experiment], powers: Powers, rows: np.ndarray
) -> Joined:
    """The same curves fitted to some of the experiments alone (``rows``)."""
    _, coefficients, weights = _weighted([experiments[row] for row in rows], powers)
    return rejoin(found, variable[rows], coefficients, weights, rows.size / len(experiments))


def _weighted(experiments: list[Experiment], powers: Powers) -> tuple[list[TrajectoryFit], np.ndarray, np.ndarray]:
    """Fits of a support, coefficients (P, k), and what makes their errors white (P, k, k)."""
    fits = [experiment.fit(powers) for experiment in experiments]
    weights = [f.information / np.sqrt(f.variance(e.floor, e.effective)) for f, e in zip(fits, experiments)]
    return fits, np.stack([fit.coefficients for fit in fits]), np.stack(weights)


def _softest(experiments: list[Experiment], fits: list[TrajectoryFit]) -> float:
    """Least penalty on curvature: of few noisy experiments, wiggles in the gaps between them are not believed."""
    if experiments[0].whitening is not None:
        return NOISY
    noise = sum(fit.error for fit in fits) / sum(float(e.values @ e.values) for e in experiments)
    return float(np.clip(NOISY * noise / NOISE, EXACT, NOISY))

"""OAT ME-EQL: one equation per parameter value, then one for all (paper A, Section 2.4; refined protocol).

DEVIATES from the published protocol, on purpose:
- every support of at most ``max_terms`` terms is tried, so there is no regularisation path and no unconverged fit;
- fits and their ranking are those of the trajectory itself; derivatives are not used at all;
- the initial state is fitted too, because its sample is as noisy as any other;
- neighbouring residuals of a simulation agree, so the criterion counts effective samples, not samples;
- one support is chosen for all parameter values together, none is dropped;
- coefficients of dC/d(p·t) are joined by generalised least squares, weighted by what each trajectory tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from eqlearn.joining import Joined, join
from eqlearn.selection import WITHIN, akaike, simplest_within
from eqlearn.sparse import best_subset_errors, supports
from eqlearn.trajectory_fit import (
    TrajectoryFit,
    effective_samples,
    error_floor,
    fit_trajectory,
    predict,
    weak_design,
)

Powers = tuple[int, ...]


@dataclass(frozen=True)
class Settings:
    """powers: highest power of the library C ... C^powers; max_terms: largest support that is tried;
    candidates: how many supports of every size are refitted on the trajectory; max_degree: highest degree of the
    joining polynomials."""

    powers: int
    max_terms: int
    candidates: int
    max_degree: int


@dataclass(frozen=True)
class Linearisation:
    """A trajectory, linear in the coefficients: around a reference fit, or in its integral form.

    design (S, K): derivative by the coefficient of every power 1 ... K; start (S, 1): by the initial state;
    response (S,): what the two have to explain; origin: initial state from which ``start`` counts.
    """

    design: np.ndarray
    start: np.ndarray
    response: np.ndarray
    origin: float = 0.0

    def errors(self, candidates: tuple[Powers, ...]) -> np.ndarray:
        """Least squared error of every candidate support."""
        columns = tuple(tuple(power - 1 for power in powers) for powers in candidates)
        return best_subset_errors(self.design, self.response, columns, self.start)

    def solution(self, powers: Powers) -> tuple[np.ndarray, float]:
        """Least-squares coefficients of one support, and the initial state."""
        columns = np.column_stack([self.design[:, np.array(powers) - 1], self.start])
        solution = np.linalg.lstsq(columns, self.response, rcond=None)[0]
        return solution[:-1], float(self.origin + solution[-1])


def integral_form(times: np.ndarray, values: np.ndarray, highest: int) -> Linearisation:
    """Integral form of a trajectory (S,) for the powers 1 ... highest; needs neither a fit nor a derivative."""
    design, response = weak_design(times, values, np.arange(1, highest + 1))
    return Linearisation(design, np.ones((response.size, 1)), response, float(values[0]))


class Experiment:
    """One trajectory: scaled times (S,), states (S,), and every support ranked by its linearised error."""

    def __init__(self, times: np.ndarray, values: np.ndarray, settings: Settings) -> None:
        self.times, self.values, self.settings = times, values, settings
        self.floor, self.effective = error_floor(values), float(values.size)
        self.supports = library(settings)
        self._fits: dict[Powers, TrajectoryFit] = {}
        self._integral = integral_form(times, values, settings.powers)
        self._linear = self._around(self._first_reference())
        for _ in range(2):
            self._linear = self._around(self.fit(self.best()))
        self.errors = self._linear.errors(self.supports)
        self.effective = effective_samples(self.fit(self.best()), self.floor)
        self._fits.clear()

    def fit(self, powers: Powers) -> TrajectoryFit:
        """Refit a support on the trajectory, started near the linearised solution, or from the integral form."""
        if powers not in self._fits:
            near = fit_trajectory(self.times, self.values, powers, self._linear.solution(powers))
            if near.error > self.floor:
                near = min(near, self._from_integral_form(powers), key=lambda fit: fit.error)
            self._fits[powers] = near
        return self._fits[powers]

    def criteria(self, errors: np.ndarray, candidates: Iterable[Powers]) -> np.ndarray:
        """AIC of candidate supports with these squared errors; the initial state counts as a parameter."""
        return akaike(errors, self.effective, _sizes(candidates), self.floor)

    def best(self) -> Powers:
        """The support of least linearised AIC."""
        criteria = self.criteria(self._linear.errors(self.supports), self.supports)
        return self.supports[int(np.argmin(criteria))]

    def _first_reference(self) -> TrajectoryFit:
        """Best support of the integral form, refitted on the trajectory."""
        small = tuple(powers for powers in self.supports if len(powers) <= 3)
        leading = leading_supports(small, self._integral.errors(small), per_size=1)
        return min((self._from_integral_form(powers) for powers in leading), key=lambda fit: fit.error)

    def _from_integral_form(self, powers: Powers) -> TrajectoryFit:
        return fit_trajectory(self.times, self.values, powers, self._integral.solution(powers))

    def _around(self, reference: TrajectoryFit) -> Linearisation:
        powers = np.arange(1, self.settings.powers + 1)
        states, slopes = predict(reference, self.times, powers)
        at = np.zeros(powers.size)
        at[np.array(reference.powers) - 1] = reference.coefficients
        response = self.values - states + slopes[:, 1:] @ at + slopes[:, 0] * reference.initial
        return Linearisation(slopes[:, 1:], slopes[:, :1], response)


def library(settings: Settings) -> tuple[Powers, ...]:
    """All supports of C ... C^powers with at most max_terms terms, as powers."""
    columns = supports(settings.powers, settings.max_terms)
    return tuple(tuple(column + 1 for column in support) for support in columns)


def _sizes(candidates: Iterable[Powers]) -> np.ndarray:
    return np.array([len(powers) + 1 for powers in candidates])  # and the initial state


def leading_supports(candidates: tuple[Powers, ...], criteria: np.ndarray, per_size: int) -> list[Powers]:
    """Some supports of every size, so that a simpler one is never crowded out: the one of least criterion, then
    those of lowest powers that are within ``WITHIN`` of it."""
    sizes = np.array([len(powers) for powers in candidates])
    leading = []
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        best = same[np.argmin(criteria[same])]
        close = [k for k in same if k != best and criteria[k] < criteria[best] + WITHIN]
        lowest = sorted(close, key=lambda k: (sum(candidates[k]), criteria[k]))[: per_size - 1]
        leading += [candidates[k] for k in (best, *lowest)]
    return leading


def common_support(experiments: list[Experiment]) -> Powers:
    """One support for all: candidates refitted on every trajectory, then the simplest within mean AIC 2.

    Simplest: fewest terms, then lowest powers; where fits differ by round-off only, the least error instead.
    ASSUME: the mean, not the sum, because a support must serve every experiment and their number is a choice.
    """
    shared, settings = experiments[0].supports, experiments[0].settings
    screened = np.mean([e.criteria(e.errors, shared) for e in experiments], axis=0)
    leading = leading_supports(shared, screened, settings.candidates)
    errors = np.array([[e.fit(powers).error for powers in leading] for e in experiments])
    refitted = np.mean([e.criteria(row, leading) for e, row in zip(experiments, errors)], axis=0)
    total, floor = errors.sum(axis=0), sum(e.floor for e in experiments)
    complexities = [(len(p), sum(p) if error > floor else 0) for p, error in zip(leading, total)]
    return leading[simplest_within(refitted, complexities, total)]


def best_alone(experiment: Experiment) -> TrajectoryFit:
    """Equation of one parameter value alone."""
    return experiment.fit(common_support([experiment]))


def joined(variable: np.ndarray, experiments: list[Experiment], powers: Powers) -> Joined:
    """Coefficients of a support over the joining variable (P,), one value per experiment."""
    fits = [experiment.fit(powers) for experiment in experiments]
    weights = [f.information / np.sqrt(f.variance(e.floor, e.effective)) for f, e in zip(fits, experiments)]
    scales = np.array([f.variance(e.floor, e.effective) for f, e in zip(fits, experiments)])
    floors = np.array([experiment.floor for experiment in experiments])
    coefficients = np.stack([fit.coefficients for fit in fits])
    return join(variable, coefficients, np.stack(weights), scales, floors, experiments[0].settings.max_degree)

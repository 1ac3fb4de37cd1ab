"""OAT ME-EQL: one equation per parameter value, then one for all (paper A, Section 2.4; refined protocol).

DEVIATES from the published protocol, on purpose:
- every support is tried, so there is no regularisation path, no cap and no unconverged fit;
- fits and their ranking are those of the trajectory itself; derivatives are not used at all;
- the initial state is fitted too, because its sample is as noisy as any other;
- one support is chosen for all parameter values together, none is dropped;
- coefficients of dC/d(p·t) are joined by generalised least squares, weighted by what each trajectory tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from eqlearn.selection import akaike, corrected_akaike, simplest_within
from eqlearn.sparse import best_subset_errors, supports
from eqlearn.trajectory_fit import (
    TrajectoryFit,
    error_floor,
    fit_trajectory,
    predict,
    weak_design,
    weak_start,
)

Powers = tuple[int, ...]


@dataclass(frozen=True)
class Settings:
    """powers: highest power of the library C ... C^powers; max_terms: largest support that is tried;
    candidates: how many supports are refitted on the trajectory; max_degree: of the joining polynomial."""

    powers: int
    max_terms: int
    candidates: int
    max_degree: int


@dataclass(frozen=True)
class Linearisation:
    """A trajectory's residuals, linear in the coefficients around a reference fit.

    design (S, K): derivative by the coefficient of every power 1 ... K; start (S, 1): by the initial state;
    response (S,): what the two have to explain.
    """

    design: np.ndarray
    start: np.ndarray
    response: np.ndarray

    def errors(self, candidates: tuple[Powers, ...]) -> np.ndarray:
        """Least squared error of every candidate support."""
        columns = tuple(tuple(power - 1 for power in powers) for powers in candidates)
        return best_subset_errors(self.design, self.response, columns, self.start)

    def solution(self, powers: Powers) -> tuple[np.ndarray, float]:
        """Least-squares coefficients of one support, and the initial state."""
        columns = np.column_stack([self.design[:, np.array(powers) - 1], self.start])
        solution = np.linalg.lstsq(columns, self.response, rcond=None)[0]
        return solution[:-1], float(solution[-1])


class Experiment:
    """One trajectory: scaled times (S,), states (S,), and every support ranked by its linearised error."""

    def __init__(self, times: np.ndarray, values: np.ndarray, settings: Settings) -> None:
        self.times, self.values, self.settings = times, values, settings
        self.floor = error_floor(values)
        self.supports = library(settings)
        self._fits: dict[Powers, TrajectoryFit] = {}
        self._linear = self._around(self._first_reference())
        for _ in range(2):
            self._linear = self._around(self.fit(self.ranked(1)[0]))
        self.errors = self._linear.errors(self.supports)
        self._fits.clear()

    def fit(self, powers: Powers) -> TrajectoryFit:
        """Refit a support on the trajectory, started near the linearised solution, or from the integral form."""
        if powers not in self._fits:
            near = fit_trajectory(self.times, self.values, powers, self._linear.solution(powers))
            if near.error > self.floor:
                weak = fit_trajectory(self.times, self.values, powers, weak_start(self.times, self.values, powers))
                near = min(near, weak, key=lambda fit: fit.error)
            self._fits[powers] = near
        return self._fits[powers]

    def ranked(self, count: int) -> list[Powers]:
        """The supports of least linearised AIC, best first."""
        criteria = akaike(self._linear.errors(self.supports), self.values.size, _sizes(self.supports), self.floor)
        return [self.supports[index] for index in np.argsort(criteria, kind="stable")[:count]]

    def _first_reference(self) -> TrajectoryFit:
        """Best support of the integral form, refitted on the trajectory."""
        design, response = weak_design(self.times, self.values, np.arange(1, self.settings.powers + 1))
        self._linear = Linearisation(design, np.ones((response.size, 1)), response)
        small = tuple(powers for powers in self.supports if len(powers) <= 3)
        errors = self._linear.errors(small)
        leading = [min((e, p) for e, p in zip(errors, small) if len(p) == size)[1] for size in (1, 2, 3)]
        fits = [fit_trajectory(self.times, self.values, p, weak_start(self.times, self.values, p)) for p in leading]
        return min(fits, key=lambda fit: fit.error)

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


def best_alone(experiment: Experiment) -> TrajectoryFit:
    """Equation of one parameter value alone: candidates refitted, then the simplest within AIC 2."""
    fits = [experiment.fit(powers) for powers in experiment.ranked(experiment.settings.candidates)]
    sizes = _sizes(fit.powers for fit in fits)
    errors = np.array([fit.error for fit in fits])
    criteria = akaike(errors, experiment.values.size, sizes, experiment.floor)
    return fits[simplest_within(criteria, sizes, errors)]


def common_support(experiments: list[Experiment]) -> Powers:
    """One support for all: least mean AIC over the experiments, candidates refitted on every trajectory."""
    criterion = np.mean([_criteria(e, e.errors, e.supports) for e in experiments], axis=0)
    shared = experiments[0].supports
    leading = [shared[i] for i in np.argsort(criterion, kind="stable")[: experiments[0].settings.candidates]]
    errors = np.array([[e.fit(powers).error for powers in leading] for e in experiments])
    refitted = np.mean([_criteria(e, row, leading) for e, row in zip(experiments, errors)], axis=0)
    return leading[simplest_within(refitted, _sizes(leading), errors.sum(axis=0))]


def _criteria(experiment: Experiment, errors: np.ndarray, candidates: Iterable[Powers]) -> np.ndarray:
    return akaike(errors, experiment.values.size, _sizes(candidates), experiment.floor)


@dataclass(frozen=True)
class Joined:
    """coefficients (degree + 1, k) of the polynomials in the joining variable, their standard errors likewise."""

    coefficients: np.ndarray
    standard_errors: np.ndarray


def join(variable: np.ndarray, fits: list[TrajectoryFit], floors: list[float], max_degree: int) -> Joined:
    """Generalised least squares of all coefficients (k each) at P values of the variable on polynomials.

    Each fit weighs in with the inverse of its covariance, correlations between its coefficients included, so that
    directions that a trajectory does not determine are taken from its neighbours. The degree is the smallest
    within AICc 2 of the best; the weighted error counts as at least one per coefficient, its expectation.
    """
    weights = [fit.information / np.sqrt(fit.variance(floor)) for fit, floor in zip(fits, floors)]
    response = np.concatenate([weight @ fit.coefficients for weight, fit in zip(weights, fits)])
    k, solutions, criteria = len(fits[0].powers), [], []
    for degree in range(min(max_degree, len(set(variable)) - 1) + 1):
        basis = np.vander(variable, degree + 1, increasing=True)
        design = np.concatenate([np.kron(row, weight) for row, weight in zip(basis, weights)])
        scale = np.linalg.norm(design, axis=0)
        solution = np.linalg.lstsq(design / scale, response, rcond=None)[0] / scale
        error = float(np.sum((response - design @ solution) ** 2))
        criteria.append(corrected_akaike(error, response.size, solution.size, floor=response.size))
        solutions.append((solution, _standard_errors(design, scale, error)))
    chosen = simplest_within(criteria, range(len(criteria)), criteria)
    return Joined(*(part.reshape(-1, k) for part in solutions[chosen]))


def _standard_errors(design: np.ndarray, scale: np.ndarray, error: float) -> np.ndarray:
    inverse = np.linalg.pinv(np.linalg.qr(design / scale, mode="r"))
    dispersion = max(1.0, error / max(design.shape[0] - design.shape[1], 1))
    return np.sqrt(dispersion) * np.linalg.norm(inverse, axis=1) / scale

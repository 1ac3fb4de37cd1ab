"""One experiment of a refined learner: a trajectory, and fits of any terms to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.errors import InputError
from eqlearn.learners import needs
from eqlearn.noise import Noise
from eqlearn.scales import AS_GIVEN, Units, own_units, require_scales, size_of
from eqlearn.selection import WITHIN, akaike
from eqlearn.sparse import best_subset_errors, supports
from eqlearn.time_scale import NONE, time_factor, time_scale
from eqlearn.trajectory_fit import (
    TrajectoryFit,
    effective_samples,
    error_floor,
    fit_trajectory,
    predict,
    weak_design,
)

Powers = tuple[int, ...]
FORETOLD = 1.001  # a fit within this factor of the error that its linearisation foretells needs no second start
MISSED = 0.01  # share of a trajectory's size that an equation for all may miss of it, noise or not
MISLED = 2.0  # a fit with so many times the error of the integral form that it starts from has gone astray


@dataclass(frozen=True)
class Library:
    """Candidate terms C ... C^powers, and the largest support that is tried (``max_terms``)."""

    powers: int
    max_terms: int

    def supports(self) -> tuple[Powers, ...]:
        """All supports of at most max_terms terms, as powers, smallest first."""
        return _supports(self.powers, self.max_terms)


@dataclass(frozen=True)
class Linearisation:
    """A trajectory, linear in the coefficients: around a reference fit, or in its integral form.

    design (S, K): derivative by the coefficient of every power 1 ... K; start (S, 1): by the initial state, (S, 0)
    where that is known; response (S,): what they have to explain; origin: initial state from which ``start`` counts.
    """

    design: np.ndarray
    start: np.ndarray
    response: np.ndarray
    origin: float = 0.0

    def errors(self, candidates: tuple[Powers, ...]) -> np.ndarray:
        """Least squared error of every candidate support."""
        return best_subset_errors(self.design, self.response, _columns(candidates), self.start)

    def columns(self, powers: Powers) -> np.ndarray:
        """Columns of one support, then that of the initial state where it is fitted."""
        return np.column_stack([self.design[:, np.array(powers) - 1], self.start])

    def solution(self, powers: Powers) -> tuple[np.ndarray, float, np.ndarray]:
        """Least-squares coefficients of one support, the initial state, and the residuals (S,)."""
        columns = self.columns(powers)
        solution = np.linalg.lstsq(columns, self.response, rcond=None)[0]
        initial = float(self.origin + solution[len(powers) :].sum())
        return solution[: len(powers)], initial, self.response - columns @ solution


@lru_cache(maxsize=8)  # hundreds of experiments ask for the same few, here and below
def _supports(powers: int, max_terms: int) -> tuple[Powers, ...]:
    return tuple(tuple(column + 1 for column in support) for support in supports(powers, max_terms))


@lru_cache(maxsize=8)
def _columns(candidates: tuple[Powers, ...]) -> tuple[tuple[int, ...], ...]:
    """Columns of a design, of supports given as powers."""
    return tuple(tuple(power - 1 for power in powers) for powers in candidates)


def integral_form(times: np.ndarray, values: np.ndarray, highest: int, initial: float | None = None) -> Linearisation:
    """Integral form of a trajectory (S,) for the powers 1 ... highest; needs neither a fit nor a derivative.

    ``initial``: state at the first time where it is known; else it is fitted.
    """
    design = weak_design(times, values, np.arange(1, highest + 1))
    origin, free = (float(values[0]), 1) if initial is None else (initial, 0)
    return Linearisation(design, np.ones((design.shape[0], free)), values[1:] - origin, origin)


class Experiment:
    """A trajectory: scaled times (S,), states (S,), and every support ranked by its linearised error.

    All in ``units``, which whoever made the experiment has divided by; so are the coefficients of its fits.
    ``initial``: state at the first time where it is known; else it is fitted, because its sample is as noisy as any.
    ``whitening`` (S, S): makes the noise white where replicates tell how it is correlated; errors are then chi-squared.
    """

    def __init__(
        self,
        times: np.ndarray,
        values: np.ndarray,
        library: Library,
        initial: float | None = None,
        whitening: np.ndarray | None = None,
        units: Units = AS_GIVEN,
    ) -> None:
        self.units = units
        self.times, self.values, self.library, self.initial, self.whitening = times, values, library, initial, whitening
        self.floor, self.effective = error_floor(values, whitening), float(values.size)
        self.supports = library.supports()
        self._fits: dict[Powers, TrajectoryFit] = {}
        self._integral = integral_form(times, values, library.powers, initial)
        self._settle()
        self.errors = self.linear.errors(self.supports)
        self.effective = effective_samples(self.fit(self.best()), self.floor)
        self._fits.clear()

    def _settle(self) -> None:
        """Linearise around the best fit, twice, since the fit depends on where it is linearised."""
        self.linear = self._around(self._first_reference())
        for _ in range(2):
            self.linear = self._around(self.fit(self.best()))

    def fit(self, powers: Powers) -> TrajectoryFit:
        """Refit a support on the trajectory from the linearised solution; where that misled, from the integral form."""
        if powers not in self._fits:
            coefficients, initial, residuals = self.linear.solution(powers)
            found = self._refit(powers, (coefficients, initial))
            if found.error > max(self.floor, FORETOLD * residuals @ residuals):
                found = min(found, self._from_integral(powers), key=lambda fit: fit.error)
            self._fits[powers] = found
        return self._fits[powers]

    def criteria(self, errors: np.ndarray, candidates: Iterable[Powers]) -> np.ndarray:
        """AIC of candidate supports with these squared errors; a fitted initial state counts as a parameter."""
        sizes = np.array(list(map(len, candidates))) + (self.initial is None)
        return akaike(errors, self.effective, sizes, self.floor)

    def best(self) -> Powers:
        """The support of least linearised AIC."""
        criteria = self.criteria(self.linear.errors(self.supports), self.supports)
        return self.supports[int(np.argmin(criteria))]

    def resolution(self) -> float:
        """Error per sample below which equations for all experiments are alike here: noise, or a share of the size."""
        values = self.values if self.whitening is None else self.whitening @ self.values
        return float(np.sqrt((self.fit(self.best()).error + MISSED**2 * values @ values) / values.size))

    def _first_reference(self) -> TrajectoryFit:
        """Best support of up to three terms in integral form, refitted on the trajectory; where that misled, the best
        of the smaller ones competes."""
        small = tuple(powers for powers in self.supports if len(powers) <= 3)
        errors = self._integral.errors(small)
        *smaller, largest = leading_supports(small, errors, per_size=1)
        found = self._from_integral(largest)
        if found.error > max(self.floor, MISLED * errors.min()):
            found = min([found, *map(self._from_integral, smaller)], key=lambda fit: fit.error)
        return found

    def _from_integral(self, powers: Powers) -> TrajectoryFit:
        return self._refit(powers, self._integral.solution(powers)[:2])

    def _refit(self, powers: Powers, start: tuple[np.ndarray, float]) -> TrajectoryFit:
        """From coefficients and an initial state."""
        options = {"fit_start": self.initial is None, "whitening": self.whitening}
        return fit_trajectory(self.times, self.values, powers, start, **options)

    def _around(self, reference: TrajectoryFit) -> Linearisation:
        powers = np.arange(1, self.library.powers + 1)
        states, slopes = predict(reference, self.times, powers, size_of(self.values))
        at = np.zeros(powers.size)
        at[np.array(reference.powers) - 1] = reference.coefficients
        response, free = self.values - states + slopes[:, 1:] @ at, slopes[:, : int(self.initial is None)]
        response += free.sum(axis=1) * reference.initial
        if self.whitening is not None:
            slopes, free, response = self.whitening @ slopes, self.whitening @ free, self.whitening @ response
        return Linearisation(slopes[:, 1:], free, response, self.initial or 0.0)


class WeakExperiment(Experiment):
    """The same in integral (weak) form alone: linear in the coefficients, neither derivative nor forward solve.

    Noise of the states enters the integrals, which biases coefficients (errors in variables); see the report.
    """

    def _settle(self) -> None:
        self.linear = self._integral

    def fit(self, powers: Powers) -> TrajectoryFit:
        """Least squares in integral form; error and residuals are those of the integrals."""
        if powers not in self._fits:
            coefficients, initial, residuals = self.linear.solution(powers)
            columns = self.linear.columns(powers)
            free = columns.shape[1] > len(powers)
            triangle = np.linalg.qr(np.roll(columns, int(free), axis=1), mode="r")[int(free) :, int(free) :]
            error = float(residuals @ residuals)
            self._fits[powers] = TrajectoryFit(powers, coefficients, initial, error, residuals, triangle, free)
        return self._fits[powers]


FORMS = {"trajectory": Experiment, "integral": WeakExperiment}


def experiments_of(
    data: ParametricDataset, library: Library, noise: Noise | None, form: str, progress=lambda items: items
) -> list:
    """Experiments of a dataset, in scaled time p·t where its time_scale says so: a rate that multiplies the whole
    equation then drops out.

    States and scaled times are in units of their own size, the ``units`` of every experiment, so that neither a
    tolerance nor a decision depends on those of the user. Initial states are known where the dataset names a nominal
    one as a number; ``noise`` whitens, where given. ``progress`` wraps the experiments, such as tqdm. Raises InputError
    for a dataset without time, with several features, with too few times, with a time scale that is not positive, or
    with scales that cannot be brought together.
    """
    require_usable(data, min(library.powers, library.max_terms))
    nominal = data.attributes.get("initial_state")
    factors, states = time_factor(data, data.values), data.features[:, :, 0]
    times = factors[:, None] * (data.time - data.time[:, :1])
    units = own_units(times, states)
    initial = float(units.of_states(nominal)) if isinstance(nominal, float | int) else None

    def experiment(times: np.ndarray, states: np.ndarray) -> Experiment:
        whitening = noise and units.whitening(noise.whitening(times, int(data.attributes["replicates"])))
        return FORMS[form](units.of_times(times), units.of_states(states), library, initial, whitening, units)

    return [experiment(*each) for each in progress(list(zip(times, states)))]


def units_of(data: ParametricDataset, experiments: list[Experiment]) -> np.ndarray:
    """Units (P,) of errors in which experiments count alike: one where a rate rescales one and the same curve, else
    what each resolves, since plateaus of a sweep may differ by orders of magnitude."""
    if time_scale(data) != NONE:
        return np.ones(data.values.size)
    return np.array([experiment.resolution() for experiment in experiments])


def require_usable(data: ParametricDataset, terms: int) -> None:
    """InputError where equations of so many terms cannot be fitted to the trajectories of a dataset."""
    if data.time is None or len(data.state) != 1:
        raise InputError(f"{data.name}: the refined protocol needs trajectories of one state.")
    needs.require_times(data.name, data.time.shape[1], needs.least_times_refined(terms), needs.REFINED)
    if data.values[0] <= 0 and time_scale(data) != NONE:
        found = f"{data.parameter.name} = {data.values[0]:g}"
        raise InputError(f"{data.name}: is sampled at {found}; a scale of time is above 0; set time_scale: none.")
    require_scales(data)


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

"""ES ME-EQL: one regression over all experiments with terms p^q·C^k (paper A, Section 2.5; refined protocol).

DEVIATES from the published protocol, on purpose:
- exponents q other than 1: with q = 1 alone dC/dt = p·f(C) only rescales time, and no plateau can move with p;
- halves among them, because the equations of single experiments are smooth in sqrt(p); q < 1 is left out where the
  parameter scales time, since dC/d(p·t) stays finite as p falls to 0;
- of every size up to ``max_terms`` the best supports are found, of all there are, on all trajectories together,
  linearised around the best fit of each; the size is the one that predicts left-out experiments;
- every trajectory counts alike: what one equation misses is larger than the noise, so noise does not weigh; where
  the parameter does not scale time, by what each resolves, since plateaus may differ by orders of magnitude.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from eqlearn.best_subsets import best_subsets
from eqlearn.coefficients import Constant
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.joint_fit import Trajectory, fit_jointly
from eqlearn.learners.experiment import Experiment, Library, experiments_of, units_of
from eqlearn.learners.learned import Refittable
from eqlearn.scales import TIME_BITS, rounded
from eqlearn.selection import left_out_errors, simplest_predictor
from eqlearn.terms import embedded
from eqlearn.time_scale import NONE, time_scale

Support = tuple[int, ...]
AUTO = "auto"
OF_RATES = (1.0, 1.5, 2.0, 2.5, 3.0)  # exponents of a parameter that scales time,
OF_POSITIVE = (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)  # of any other above 0,
OF_ANY = (0.0, 1.0, 2.0, 3.0)  # and of one that may be 0 or negative


@dataclass(frozen=True)
class Settings:
    """powers: highest power of C; exponents: of p, or 'auto' for those that suit the parameter; max_terms: largest
    support; candidates: supports of every size that compete; form: 'trajectory', or 'integral' for the weak form."""

    powers: int
    exponents: tuple[float, ...] | str
    max_terms: int
    candidates: int
    form: str = "trajectory"

    @property
    def terms(self) -> list[tuple[float, int]]:
        """Exponent of p and power of C of every term."""
        return [(float(exponent), power) for exponent in self.exponents for power in range(1, self.powers + 1)]

    def of(self, data: ParametricDataset) -> "Settings":
        """The same with exponents for a dataset; InputError where one does not exist at a sampled value."""
        default = OF_RATES if time_scale(data) != NONE else OF_POSITIVE if data.values[0] > 0 else OF_ANY
        chosen = default if self.exponents == AUTO else self.exponents
        bad = [exponent for exponent in chosen if not np.isfinite(_power(data.values, exponent)).all()]
        if bad:
            found = f"{data.parameter.name} = {data.values[0]:g} to {data.values[-1]:g}"
            raise InputError(f"{data.name}: has {found}, where the exponent {bad[0]:g} does not exist; leave it out.")
        return dataclasses.replace(self, exponents=tuple(chosen))


def _power(values: np.ndarray, exponent: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        return values**exponent


def learn(data: ParametricDataset, settings: Settings, provenance: dict, progress=lambda items: items) -> Equation:
    """Learn from all experiments of a dataset, wrapped by ``progress``; InputError as from ``experiments_of``."""
    return learned(data, settings, provenance, progress).equation


def learned(data: ParametricDataset, settings: Settings, provenance: dict, progress=lambda items: items) -> Refittable:
    """The same with a way to fit the coefficients again."""
    library, settings = Library(settings.powers, settings.powers), settings.of(data)
    experiments = experiments_of(data, library, None, settings.form, progress)
    starts = [e.initial if e.initial is not None else e.fit(e.best()).initial for e in experiments]
    factors, errors_in = _factors(data, settings), units_of(data, experiments)
    sizes = np.abs(factors).max(axis=0)
    factors = rounded(factors / sizes, TIME_BITS)  # of size 1 whatever the unit of p
    design, response = _stacked(factors, experiments, starts, errors_in, settings)
    floors = [e.floor / unit**2 for e, unit in zip(experiments, errors_in)]
    chosen = _support(design, response, floors, settings)
    trajectories = [Trajectory(e.times, e.values, *more) for e, *more in zip(experiments, starts, errors_in)]
    fitted = [_fitted(factors, trajectories, settings, design, response, support) for support in chosen]
    columns, (coefficients, errors, _) = min(zip(chosen, fitted), key=lambda pair: pair[1][2])
    terms = [settings.terms[column] for column in columns]
    units = experiments[0].units.coefficients([power for _, power in terms]) / sizes[list(columns)]
    errors = None if errors is None else units * errors

    def refit(rows: np.ndarray) -> Equation:
        blocks = (each.reshape(len(experiments), -1, *each.shape[1:])[rows] for each in (design, response))
        own = [block.reshape(-1, *block.shape[2:]) for block in blocks]
        found = _fitted(factors[rows], [trajectories[row] for row in rows], settings, *own, columns)
        return _equation(data.select(rows), terms, units * found[0], None, {})

    more = {"experiments": int(data.values.size), "exponents": list(settings.exponents), "time_scale": time_scale(data)}
    return Refittable(_equation(data, terms, units * coefficients, errors, {**provenance, **more}), refit)


def _stacked(
    factors: np.ndarray, experiments: list[Experiment], starts: list[float], units: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Design (E·S, T) and response (E·S,) of all experiments, in units, linear in the coefficients; from starts."""
    powers = [power - 1 for _, power in settings.terms]
    columns = [e.linear.design[:, powers] * own / unit for own, e, unit in zip(factors, experiments, units)]
    responses = [
        (e.linear.response - e.linear.start.sum(axis=1) * (start - e.linear.origin)) / unit
        for e, start, unit in zip(experiments, starts, units)
    ]
    return np.concatenate(columns), np.concatenate(responses)


def _factors(data: ParametricDataset, settings: Settings) -> np.ndarray:
    """Factor of every term (E, T) in dC/dt, or in dC/d(p·t) where the parameter scales time."""
    less = 0 if time_scale(data) == NONE else 1
    return np.array([[value ** (exponent - less) for exponent, _ in settings.terms] for value in data.values])


def _support(design: np.ndarray, response: np.ndarray, floors: list[float], settings: Settings) -> list[Support]:
    """Supports of the size that predicts best the experiments left out, or of a smaller one that is no worse."""
    best = best_subsets(design, response, settings.max_terms, settings.candidates)
    errors = [
        np.maximum(min((left_out_errors(design[:, s], response, len(floors)) for s, _ in pairs), key=np.sum), floors)
        for pairs in best.values()
    ]
    return [support for support, _ in list(best.values())[simplest_predictor(errors)]]


def _fitted(factors, trajectories, settings, design, response, support):
    """Coefficients, standard errors and squared error of one support, refitted unless in weak form."""
    columns = list(support)
    coefficients, error, *_ = np.linalg.lstsq(design[:, columns], response, rcond=None)
    if settings.form == "integral":
        return coefficients, None, float(error.sum())
    powers = np.array([settings.terms[column][1] for column in columns])
    fit = fit_jointly(trajectories, factors[:, columns], powers, coefficients)
    return fit.coefficients, fit.standard_errors, fit.error


def _equation(
    data: ParametricDataset,
    terms: list[tuple[float, int]],
    values: np.ndarray,
    errors: np.ndarray | None,
    provenance: dict,
) -> Equation:
    state = data.state[0].name
    named = embedded(state, terms)
    errors = [None] * len(terms) if errors is None else errors.tolist()
    return Equation(
        template=" + ".join(named.values()),
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients={name: Constant(value, error) for name, value, error in zip(named, values.tolist(), errors)},
        valid_range=(float(data.values[0]), float(data.values[-1])),
        provenance=provenance,
    )

"""ES ME-EQL: one regression over all experiments with terms p^q·C^k (paper A, Section 2.5; refined protocol).

DEVIATES from the published protocol, on purpose:
- exponents q other than 1: with q = 1 alone dC/dt = p·f(C) only rescales time, and no plateau can move with p;
- halves among them, because the equations of single experiments are smooth in sqrt(p); q < 1 is left out, since
  dC/d(p·t) stays finite as p falls to 0;
- of every size up to ``max_terms`` the best supports are found, of all there are, on all trajectories together,
  linearised around the best fit of each; the size is the one that predicts left-out experiments;
- every trajectory counts alike: what one equation misses is larger than the noise, so noise does not weigh.
"""

from dataclasses import dataclass

import numpy as np

from eqlearn.best_subsets import best_subsets
from eqlearn.coefficients import Constant
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.joint_fit import Trajectory, fit_jointly
from eqlearn.learners.experiment import Experiment, Library, experiments_of
from eqlearn.learners.learned import Refittable
from eqlearn.selection import left_out_errors, simplest_predictor
from eqlearn.terms import embedded

Support = tuple[int, ...]


@dataclass(frozen=True)
class Settings:
    """powers: highest power of C; exponents: of p; max_terms: largest support; candidates: how many supports of every
    size compete; form: 'trajectory', or 'integral' for the weak form."""

    powers: int
    exponents: tuple[float, ...]
    max_terms: int
    candidates: int
    form: str = "trajectory"

    @property
    def terms(self) -> list[tuple[float, int]]:
        """Exponent of p and power of C of every term."""
        return [(float(exponent), power) for exponent in self.exponents for power in range(1, self.powers + 1)]


def learn(data: ParametricDataset, settings: Settings, provenance: dict, progress=lambda items: items) -> Equation:
    """Learn from all experiments of a dataset, wrapped by ``progress``; InputError as from ``experiments_of``."""
    return learned(data, settings, provenance, progress).equation


def learned(data: ParametricDataset, settings: Settings, provenance: dict, progress=lambda items: items) -> Refittable:
    """The same with a way to fit the coefficients again."""
    library = Library(settings.powers, settings.powers)
    experiments = experiments_of(data, library, None, settings.form, progress)
    starts = [e.initial if e.initial is not None else e.fit(e.best()).initial for e in experiments]
    design, response = _stacked(data.values, experiments, starts, settings)
    chosen = _support(design, response, [e.floor for e in experiments], settings)
    fitted = [_fitted(data.values, experiments, starts, settings, design, response, support) for support in chosen]
    best = min(range(len(chosen)), key=lambda k: fitted[k][3])
    terms, coefficients, errors, _ = fitted[best]

    def refit(rows: np.ndarray) -> Equation:
        some, begun = ([each[row] for row in rows] for each in (experiments, starts))
        blocks = (each.reshape(len(experiments), -1, *each.shape[1:])[rows] for each in (design, response))
        own = [block.reshape(-1, *block.shape[2:]) for block in blocks]
        found = _fitted(data.values[rows], some, begun, settings, *own, chosen[best])
        return _equation(data.select(rows), *found[:2], None, {})

    equation = _equation(data, terms, coefficients, errors, {**provenance, "experiments": int(data.values.size)})
    return Refittable(equation, refit)


def _stacked(
    values: np.ndarray, experiments: list[Experiment], starts: list[float], settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Design (E·S, T) and response (E·S,) of all experiments, linear in the coefficients, from their starts."""
    powers = [power - 1 for _, power in settings.terms]
    columns = [e.linear.design[:, powers] * _factors(value, settings) for value, e in zip(values, experiments)]
    responses = [
        e.linear.response - e.linear.start.sum(axis=1) * (start - e.linear.origin)
        for e, start in zip(experiments, starts)
    ]
    return np.concatenate(columns), np.concatenate(responses)


def _factors(value: float, settings: Settings) -> np.ndarray:
    """Factor of every term in dC/d(p·t)."""
    return np.array([value ** (exponent - 1) for exponent, _ in settings.terms])


def _support(design: np.ndarray, response: np.ndarray, floors: list[float], settings: Settings) -> list[Support]:
    """Supports of the size that predicts best the experiments left out, or of a smaller one that is no worse."""
    best = best_subsets(design, response, settings.max_terms, settings.candidates)
    errors = [
        np.maximum(min((left_out_errors(design[:, s], response, len(floors)) for s, _ in pairs), key=np.sum), floors)
        for pairs in best.values()
    ]
    return [support for support, _ in list(best.values())[simplest_predictor(errors)]]


def _fitted(values, experiments, starts, settings, design, response, support):
    """Terms, coefficients, standard errors and squared error of one support, refitted unless in weak form."""
    columns = list(support)
    terms = [settings.terms[column] for column in columns]
    coefficients, error, *_ = np.linalg.lstsq(design[:, columns], response, rcond=None)
    if settings.form == "integral":
        return terms, coefficients, None, float(error.sum())
    trajectories = [Trajectory(e.times, e.values, start) for e, start in zip(experiments, starts)]
    factors = np.stack([_factors(value, settings)[columns] for value in values])
    fit = fit_jointly(trajectories, factors, np.array([power for _, power in terms]), coefficients)
    return terms, fit.coefficients, fit.standard_errors, fit.error


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

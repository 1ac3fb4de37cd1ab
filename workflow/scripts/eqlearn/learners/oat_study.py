"""OAT ME-EQL on a whole dataset: from trajectories to an equation and a table of every experiment's own."""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from eqlearn.coefficients import VARIABLES, Polynomial
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.joining import Joined
from eqlearn.learners import oat
from eqlearn.learners.experiment import Experiment, Library, Powers, experiments_of, units_of
from eqlearn.learners.learned import Learned, by_value
from eqlearn.noise import noise_of
from eqlearn.scales import Units
from eqlearn.terms import powers_of
from eqlearn.time_scale import NONE, time_scale
from eqlearn.trajectory_fit import TrajectoryFit

VARIABLE = "sqrt(p)"  # in which the coefficients of dC/d(p·t) are smooth


def learn(data: ParametricDataset, settings: oat.Settings, provenance: dict, progress=lambda items: items) -> Learned:
    """Learn from all experiments of a dataset, whose parameter must be positive where it scales time.

    ``progress`` wraps the experiments, such as tqdm. Raises InputError as ``experiments_of`` does.
    """
    library = Library(settings.powers, settings.max_terms)
    experiments = experiments_of(data, library, noise_of(data), settings.form, progress)
    alone = [oat.best_alone(experiment, settings.candidates) for experiment in progress(experiments)]
    powers = oat.common_support(experiments, settings.candidates)
    return joined(data, experiments, powers, settings.max_degree, provenance, {"alone": alone})


def joined(
    data: ParametricDataset,
    experiments: list[Experiment],
    powers: Powers,
    max_degree: int,
    provenance: dict,
    others: Mapping[str, list[TrajectoryFit]] = MappingProxyType({}),
) -> Learned:
    """A support fitted to every experiment and joined over the parameter; ``others``: fits by model, for the table."""
    variable, curves = _joined(data, experiments, powers, max_degree)
    units, common = experiments[0].units, [experiment.fit(powers) for experiment in experiments]
    table = _table(data, experiments, {**others, "common": common})

    def refit(rows: np.ndarray) -> Equation:
        again = oat.rejoined(curves, VARIABLES[variable](data.values), experiments, powers, rows)
        return _equation(data.select(rows), powers, variable, _in_units(again, units, powers), {})

    whole = _in_units(curves, units, powers)
    return Learned(_equation(data, powers, variable, whole, provenance), refit, table)


def _in_units(curves: Joined, units: Units, powers: Powers) -> Joined:
    """Curves of coefficients in the units of experiments as those of the data."""
    factors = units.coefficients(powers)
    coefficients, errors = factors * curves.coefficients, factors * curves.standard_errors
    return dataclasses.replace(curves, coefficients=coefficients, standard_errors=errors)


def _joined(
    data: ParametricDataset, experiments: list[Experiment], powers: Powers, max_degree: int
) -> tuple[str, Joined]:
    """The joining variable in which trajectories that were left out are predicted best, of equals the first; curves."""
    units = units_of(data, experiments)
    given = {variable: VARIABLES[variable](data.values) for variable in _variables(data)}
    curves = {name: oat.joined(values, experiments, powers, max_degree, units) for name, values in given.items()}
    best = min(curves, key=lambda variable: curves[variable].left_out)
    return best, curves[best]


def _variables(data: ParametricDataset) -> tuple[str, ...]:
    """Variables that may join: of an unknown law all that exist at the sampled values."""
    if time_scale(data) != NONE:
        return (VARIABLE,)
    return tuple(VARIABLES) if data.values[0] > 0 else ("p",)


def _equation(data: ParametricDataset, powers: Powers, variable: str, curves: Joined, provenance: dict) -> Equation:
    """dC/dt = c1·C + ..., times p where that scales time; coefficients polynomials held beyond the sampled values."""
    state, span = data.state[0].name, (float(data.values[0]), float(data.values[-1]))
    terms = powers_of(state, powers)
    columns = zip(curves.coefficients.T.tolist(), curves.standard_errors.T.tolist())
    polynomials = [Polynomial(tuple(c), variable, span, tuple(e)) for c, e in columns]
    scaled, template = time_scale(data), " + ".join(terms.values())
    return Equation(
        template=template if scaled == NONE else f"p*({template})",
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients=dict(zip(terms, polynomials)),
        valid_range=span,
        provenance={**provenance, "experiments": int(data.values.size), "time_scale": scaled},
    )


def _table(
    data: ParametricDataset, experiments: list[Experiment], models: dict[str, list[TrajectoryFit]]
) -> pd.DataFrame:
    """Coefficients of dC/dt or dC/d(p·t), a row per parameter value, model (alone, common) and power of the state."""
    rows = [
        (row, model, power, coefficient, error, *_start_and_error(fit, experiment), experiment.effective)
        for model, fits in models.items()
        for row, (fit, experiment) in enumerate(zip(fits, experiments))
        for power, coefficient, error in zip(fit.powers, *_coefficients(fit, experiment))
    ]
    names = ["row", "model", "power", "coefficient", "standard_error", "initial_state", "mse", "effective_samples"]
    return by_value(pd.DataFrame(rows, columns=names), data)


def _coefficients(fit: TrajectoryFit, experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their standard errors in the units of the data."""
    factors = experiment.units.coefficients(fit.powers)
    return factors * fit.coefficients, factors * fit.standard_errors(experiment.floor, experiment.effective)


def _start_and_error(fit: TrajectoryFit, experiment: Experiment) -> tuple[float, float]:
    """Initial state in the units of the data, and mean squared error in their square, or of whitened residuals."""
    state = experiment.units.state
    square = 1.0 if experiment.whitening is not None else state**2
    return state * fit.initial, square * fit.error / fit.samples

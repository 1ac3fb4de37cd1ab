"""OAT ME-EQL on a whole dataset: from trajectories to an equation and a table of every experiment's own."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from eqlearn.coefficients import Polynomial
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.joining import Joined
from eqlearn.learners import oat
from eqlearn.learners.experiment import Experiment, Library, Powers, experiments_of
from eqlearn.learners.learned import Learned
from eqlearn.noise import noise_of
from eqlearn.terms import powers_of
from eqlearn.trajectory_fit import TrajectoryFit

VARIABLE = "sqrt(p)"  # in which the coefficients of dC/d(p·t) are smooth


def learn(data: ParametricDataset, settings: oat.Settings, provenance: dict, progress=lambda items: items) -> Learned:
    """Learn from all experiments of a dataset, whose parameter must be positive.

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
    variable = np.sqrt(data.values)
    curves = oat.joined(variable, experiments, powers, max_degree)
    common = [experiment.fit(powers) for experiment in experiments]
    table = _table(data.values, experiments, {**others, "common": common})

    def refit(rows: np.ndarray) -> Equation:
        return _equation(data.select(rows), powers, oat.rejoined(curves, variable, experiments, powers, rows), {})

    return Learned(_equation(data, powers, curves, provenance), refit, table)


def _equation(data: ParametricDataset, powers: Powers, curves: Joined, provenance: dict) -> Equation:
    """dC/dt = p·(c1·C + ...), coefficients polynomials in sqrt(p), held beyond the sampled values."""
    state, span = data.state[0].name, (float(data.values[0]), float(data.values[-1]))
    terms = powers_of(state, powers)
    columns = zip(curves.coefficients.T.tolist(), curves.standard_errors.T.tolist())
    polynomials = [Polynomial(tuple(c), VARIABLE, span, tuple(e)) for c, e in columns]
    return Equation(
        template=f"p*({' + '.join(terms.values())})",
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients=dict(zip(terms, polynomials)),
        valid_range=span,
        provenance={**provenance, "experiments": int(data.values.size)},
    )


def _table(
    values: Iterable[float], experiments: list[Experiment], models: dict[str, list[TrajectoryFit]]
) -> pd.DataFrame:
    """Coefficients of dC/d(p·t), a row per parameter value, model (alone, common) and power of the state."""
    rows = [
        (value, model, power, coefficient, error, fit.initial, fit.error / fit.samples, experiment.effective)
        for model, fits in models.items()
        for value, fit, experiment in zip(values, fits, experiments)
        for power, coefficient, error in zip(
            fit.powers, fit.coefficients, fit.standard_errors(experiment.floor, experiment.effective)
        )
    ]
    names = ["parameter_value", "model", "power", "coefficient", "standard_error", "initial_state", "mse"]
    return pd.DataFrame(rows, columns=[*names, "effective_samples"])

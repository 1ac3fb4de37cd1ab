"""OAT ME-EQL on a whole dataset: from trajectories to an equation and a table of every experiment's own."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from eqlearn.coefficients import Polynomial
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.joining import Joined
from eqlearn.learners import oat
from eqlearn.learners.learned import Learned
from eqlearn.terms import powers_of
from eqlearn.trajectory_fit import TrajectoryFit

VARIABLE = "sqrt(p)"  # in which the coefficients of dC/d(p·t) are smooth


def learn(data: ParametricDataset, settings: oat.Settings, provenance: dict, progress=lambda items: items) -> Learned:
    """Learn from all experiments of a dataset, whose parameter must be positive.

    ``progress`` wraps the experiments, such as tqdm. Raises InputError for a dataset without time, with several
    features, with too few times, or with a parameter that is not positive.
    """
    if data.time is None or len(data.state) != 1:
        raise InputError(f"{data.name}: OAT needs trajectories of one state.")
    least = (
        min(settings.powers, settings.max_terms) + 2
    )  # an equation with all terms, the initial state, and a residual
    if data.time.shape[1] < least:
        raise InputError(f"{data.name}: has {data.time.shape[1]} times, OAT by the refined protocol needs {least}.")
    if data.values[0] <= 0:
        found = f"{data.parameter.name} = {data.values[0]:g}"
        raise InputError(f"{data.name}: is sampled at {found}; OAT by the refined protocol needs values above 0.")
    # Scaled time p·t: a rate that multiplies the whole equation then drops out of the coefficients.
    scaled = zip(data.values[:, None] * data.time, data.features[:, :, 0])
    experiments = [oat.Experiment(times, states, settings) for times, states in progress(list(scaled))]
    alone = [oat.best_alone(experiment) for experiment in progress(experiments)]
    powers = oat.common_support(experiments)
    joined = oat.joined(np.sqrt(data.values), experiments, powers)
    common = [experiment.fit(powers) for experiment in experiments]
    table = _table(data.values, experiments, {"alone": alone, "common": common})
    return Learned(_equation(data, powers, joined, provenance), table)


def _equation(data: ParametricDataset, powers: oat.Powers, joined: Joined, provenance: dict) -> Equation:
    """dC/dt = p·(c1·C + ...), coefficients polynomials in sqrt(p), held beyond the sampled values."""
    state, span = data.state[0].name, (float(data.values[0]), float(data.values[-1]))
    terms = powers_of(state, powers)
    columns = zip(joined.coefficients.T.tolist(), joined.standard_errors.T.tolist())
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
    values: Iterable[float], experiments: list[oat.Experiment], models: dict[str, list[TrajectoryFit]]
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

"""Learn one sparse equation per parameter value, then one for all (OAT ME-EQL)."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.coefficients import Polynomial
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.equation import Equation, write_equation
from eqlearn.errors import InputError
from eqlearn.job import logged_to
from eqlearn.joining import Joined
from eqlearn.learners import oat
from eqlearn.origin import origin
from eqlearn.tables import write_table
from tqdm import tqdm

VARIABLE = "sqrt(p)"


def fit_oat(
    *, dataset: Path, equation: Path, per_parameter: Path, values: list[float], settings: dict, code: dict
) -> None:
    """Write the common equation, and a table of what each parameter value alone would give."""
    data = read_dataset(dataset)
    data = data.select(np.isin(data.values, values))
    if data.values.size != len(values) or data.values[0] <= 0 or data.time is None:
        raise InputError(f"{dataset}: has no trajectories, or not all of the {len(values)} sampled values above 0.")
    chosen = oat.Settings(**settings)
    experiments = [oat.Experiment(*row, chosen) for row in tqdm(list(scaled(data)), desc="experiments", mininterval=5)]
    alone = [oat.best_alone(experiment) for experiment in tqdm(experiments, desc="alone", mininterval=5)]
    powers = oat.common_support(experiments)
    joined = oat.joined(np.sqrt(data.values), experiments, powers)
    models = {"alone": alone, "common": [experiment.fit(powers) for experiment in experiments]}
    provenance = origin(settings, code, learner="oat.refined", dataset=data.name, dataset_digest=data.digest())
    write_table(table_of(data, experiments, models), per_parameter)
    write_equation(equation_of(data, powers, joined, provenance), equation)


def scaled(data: ParametricDataset):
    """Every trajectory in scaled time p·t, in which coefficients depend on the parameter least."""
    return ((value * time, state[:, 0]) for value, time, state in zip(data.values, data.time, data.features))


def equation_of(data: ParametricDataset, powers: oat.Powers, joined: Joined, provenance: dict) -> Equation:
    """dC/dt = p·(c1·C + ...), coefficients polynomials in sqrt(p)."""
    state, span = data.state[0].name, (float(data.values[0]), float(data.values[-1]))
    names = [f"c{power}" for power in powers]
    terms = [f"{name}*{state}**{power}" if power > 1 else f"{name}*{state}" for name, power in zip(names, powers)]
    columns = zip(joined.coefficients.T.tolist(), joined.standard_errors.T.tolist())
    polynomials = [Polynomial(tuple(c), VARIABLE, span, tuple(e)) for c, e in columns]
    return Equation(
        template=f"p*({' + '.join(terms)})",
        features=(state,),
        parameter=data.parameter.name,
        target=f"d{state}/dt",
        coefficients=dict(zip(names, polynomials)),
        valid_range=span,
        provenance=provenance,
    )


def table_of(data: ParametricDataset, experiments: list[oat.Experiment], models: dict[str, list]) -> pd.DataFrame:
    """Coefficients of dC/d(p·t), a row per parameter value, model and power of the state."""
    rows = [
        (value, model, power, coefficient, error, fit.initial, fit.error / fit.samples, experiment.effective)
        for model, fits in models.items()
        for value, fit, experiment in zip(data.values, fits, experiments)
        for power, coefficient, error in zip(
            fit.powers, fit.coefficients, fit.standard_errors(experiment.floor, experiment.effective)
        )
    ]
    names = ["parameter_value", "model", "power", "coefficient", "standard_error", "initial_state", "mse"]
    return pd.DataFrame(rows, columns=[*names, "effective_samples"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_oat(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            per_parameter=snakemake.output.per_parameter,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

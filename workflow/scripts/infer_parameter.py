"""Infer the parameter of every single run under one equation."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dataset import read_dataset
from eqlearn.equation import read_equation
from eqlearn.inference import ParameterSearch
from eqlearn.job import logged_to
from eqlearn.tables import write_table
from tqdm import tqdm


def infer_parameter(*, single_runs: Path, equation: Path, estimates: Path, bounds: list[float]) -> None:
    """Write one row per run: true and estimated parameter, relative error, error of the fit."""
    data, learned = read_dataset(single_runs), read_equation(equation)
    initial, rows = float(data.attributes["initial_state"]), []
    for value in tqdm(np.unique(data.values), desc="parameter values", mininterval=5):
        runs = data.select(data.values == value)
        search = ParameterSearch(learned, initial, runs.time[0], tuple(bounds))
        for replicate, states in enumerate(runs.features[:, :, 0]):
            found = search.estimate(states)
            error = abs(found.parameter - value) / value
            rows.append((value, replicate, found.parameter, error, found.mse, found.at_bound))
    columns = ["parameter_value", "replicate", "estimate", "relative_error", "mse", "at_bound"]
    write_table(pd.DataFrame(rows, columns=columns), estimates)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        infer_parameter(
            single_runs=snakemake.input.single_runs,
            equation=snakemake.input.equation,
            estimates=snakemake.output.estimates,
            bounds=snakemake.params.bounds,
        )

"""Tabulate the coefficients of learned equations over the parameter."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.tables import write_table

POINTS = 200


def tabulate_coefficients(*, equations: dict[str, Path], coefficients: Path, span: tuple[float, float]) -> None:
    """Write one row per equation (by label ``learner.protocol/n``), power of the state and parameter value.

    Coefficients are those of dC/d(p·t), whatever form an equation has.
    """
    values = np.geomspace(*span, POINTS) if span[0] > 0 else np.linspace(*span, POINTS)
    values = values[values != 0]  # where the coefficients do not exist
    rows = []
    for label, path in equations.items():
        learner, experiments = label.split("/n")
        equation = read_equation(path)
        curves = np.stack([state_polynomial(equation, value) / value for value in values], axis=1)
        for power in np.flatnonzero(curves.any(axis=1)):
            table = {"learner": learner, "experiments": experiments, "coefficient": f"c{power}"}
            rows.append(pd.DataFrame({**table, "parameter_value": values, "value": curves[power]}))
    write_table(pd.concat(rows), coefficients)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_coefficients(
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            coefficients=snakemake.output.coefficients,
            span=tuple(snakemake.params.span),
        )

"""Tabulate the coefficients of learned equations over the parameter."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.tables import write_table
from eqlearn.time_scale import NONE

POINTS = 200


def tabulate_coefficients(
    *, equations: dict[str, Path], coefficients: Path, span: tuple[float, float], time_scale: str
) -> None:
    """Write one row per equation (by label ``learner.protocol/n``), power of the state and parameter value.

    Coefficients are those of dC/dt where ``time_scale`` is 'none', else of dC/d(p·t), whatever form an equation has.
    """
    values = np.geomspace(*span, POINTS) if span[0] > 0 else np.linspace(*span, POINTS)
    if time_scale != NONE:
        values = values[values != 0]  # where the coefficients do not exist
    factors = np.ones_like(values) if time_scale == NONE else values
    rows = []
    for label, path in equations.items():
        learner, experiments = label.split("/n")
        equation = read_equation(path)
        curves = np.stack([state_polynomial(equation, v) / factor for v, factor in zip(values, factors)], axis=1)
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
            time_scale=snakemake.params.time_scale,
        )

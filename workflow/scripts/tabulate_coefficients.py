"""Tabulate the coefficients of learned equations over the parameter."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.tables import write_table

POINTS = 200


def tabulate_coefficients(*, equations: dict[str, Path], coefficients: Path, span: tuple[float, float]) -> None:
    """Write one row per equation (by label ``learner.protocol/n``), coefficient and parameter value."""
    values = np.geomspace(*span, POINTS) if span[0] > 0 else np.linspace(*span, POINTS)
    rows = []
    for label, path in equations.items():
        learner, experiments = label.split("/n")
        for name, curve in read_equation(path).coefficients_at(values).items():
            table = {"learner": learner, "experiments": experiments, "coefficient": name}
            rows.append(pd.DataFrame({**table, "parameter_value": values, "value": curve}))
    write_table(pd.concat(rows), coefficients)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_coefficients(
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            coefficients=snakemake.output.coefficients,
            span=tuple(snakemake.params.span),
        )

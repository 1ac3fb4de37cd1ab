"""Tabulate the coefficients of learned equations over the parameter."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dynamics import state_polynomial
from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation, read_equation
from eqlearn.job import logged_to
from eqlearn.tables import write_table
from eqlearn.time_scale import NONE

POINTS = 200
COLUMNS = ["learner", "experiments", "coefficient", "parameter_value", "value"]


def tabulate_coefficients(
    *, equations: dict[str, Path], coefficients: Path, span: tuple[float, float], time_scale: str
) -> None:
    """Write one row per equation (by label ``learner.protocol/n``), term and parameter value.

    Coefficients are those of dC/dt where ``time_scale`` is 'none', else of dC/d(p·t), whatever form an equation has:
    ``c2`` is that of the square of the state. Terms of an equation that is no polynomial are named as they are written,
    with ``_`` for the factors inside: ``sin(_*C)``, and ``sin(_*C) factor 1`` for the first of these.
    """
    values = np.geomspace(*span, POINTS) if span[0] > 0 else np.linspace(*span, POINTS)
    if time_scale != NONE:
        values = values[values != 0]  # where the coefficients do not exist
    factors = np.ones_like(values) if time_scale == NONE else values
    tables = [pd.DataFrame(columns=COLUMNS)]
    for label, path in equations.items():
        learner, experiments = label.split("/n")
        for name, curve in _curves(read_equation(path), values, factors).items():
            table = {"learner": learner, "experiments": experiments, "coefficient": name}
            tables.append(pd.DataFrame({**table, "parameter_value": values, "value": curve}))
    write_table(pd.concat(tables[1:] or tables), coefficients)


def _curves(equation: Equation, values: np.ndarray, factors: np.ndarray) -> dict[str, np.ndarray]:
    """Coefficient (P,) of every term by name; none of an equation that could not be read."""
    if equation.status == "unread":
        return {}
    polynomials = [state_polynomial(equation, value) for value in values]
    if polynomials[0] is None:
        return dict(_by_term(equation, values, factors))
    curves = np.stack(polynomials, axis=1) / factors
    return {f"c{power}": curves[power] for power in np.flatnonzero(curves.any(axis=1))}


def _by_term(equation: Equation, values: np.ndarray, factors: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for term, (front, *inside) in effective_coefficients(equation, values).items():
        yield term, front / factors
        yield from ((f"{term} factor {number}", factor) for number, factor in enumerate(inside, 1))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_coefficients(
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            coefficients=snakemake.output.coefficients,
            span=tuple(snakemake.params.span),
            time_scale=snakemake.params.time_scale,
        )

"""Paper B's tables of springs (V, VI) and ours, brought to the same names."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation
from eqlearn.references import TRUE
from eqlearn.verification import THEORY, Measured, Number

_EQUATIONS = "parametric_eql_tables5_6_spring"
# Column of the published table, and space of our coefficients, by the name of both.
_SPACES = {
    TRUE: ("true", "true"),
    "latent": ("learned_latent", "latent"),
    "transformed": ("learned_transformed", "physical"),
}
_FEATURES = {"latent": ("z1", "z2")}
QUANTITIES = ("coefficient_error", "latent_r2", "rmse_ratio")


def published_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Every coefficient, true and learned, at four parameter values."""
    for row in table.itertuples():
        for space, (column, _) in _SPACES.items():
            item = f"{row.target}/{row.network}/{space}/{row.t:.3f}"
            yield from _coefficients(item, space, getattr(row, column))


def _coefficients(item: str, space: str, text: str) -> Iterator[Number]:
    equation = Equation(text, _FEATURES.get(space, ("psi1", "psi2")), "t", item, {})
    for term, factors in effective_coefficients(equation, np.zeros(1)).items():
        quantity, truth = f"{term} factor 0", space == TRUE
        yield Number(_EQUATIONS, item, quantity, float(factors[0][0]), learned=not truth, truth=truth)


def measured_equations(coefficients: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """The same from our coefficients of the first seed; true ones by theory, whoever learned beside them."""
    ours = {}
    names = {own: space for space, (_, own) in _SPACES.items()}
    true, first = coefficients["space"] == TRUE, coefficients["seed"] == 0
    rows = coefficients[true & first] if protocol == THEORY else _first(coefficients[~true], protocol)
    for row in rows.itertuples():
        item = f"{row.task}/{row.learner.split('.')[0]}/{names[row.space]}/{row.parameter_value:.3f}"
        ours[f"{_EQUATIONS}/{item}/{row.quantity}"] = Measured(row.value)
    return ours


def measured_texts(table: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """The same from our learned equations of the first seed, written out in rows; unread ones have an empty text."""
    ours = {}
    for row in _first(table, protocol).dropna(subset="learned_transformed").itertuples():
        for space in ("latent", "transformed"):
            item = f"{row.task}/{row.learner.split('.')[0]}/{space}/{row.parameter_value:.3f}"
            found = _coefficients(item, space, getattr(row, _SPACES[space][0]))
            ours |= {number.path: Measured(number.value) for number in found}
    return ours


def measured_scores(scores: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """What targets speak of, of the first seed."""
    return {
        f"{_EQUATIONS}/{row['task']}/{row['learner'].split('.')[0]}/{quantity}": Measured(row[quantity])
        for row in _first(scores, protocol).to_dict("records")
        for quantity in QUANTITIES
        if np.isfinite(row[quantity])
    }


def measured_runs(table: pd.DataFrame, protocol: str, runs: int) -> dict[str, Measured]:
    """Right runs over both tasks and both networks, once all runs were made."""
    own = table[table["learner"].isin([f"seql.{protocol}", f"heql.{protocol}"])]
    if len(own) < runs:
        return {}
    columns = ("structure_right", "recovered")
    return {f"spring_runs/all/{column}": Measured(float(own[column].sum())) for column in columns}


def _first(table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    return table[(table["seed"] == 0) & table["learner"].str.endswith(f".{protocol}")]

"""Paper B's published tables of analytic benchmarks and ours, brought to the same names (source/item/quantity)."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation
from eqlearn.verification import Measured, Number, with_lacking

_ERRORS, _EQUATIONS = "parametric_eql_table8_analytic_mse", "parametric_eql_tables2_7_equations"
_BASELINE = "parametric_eql_table1_eql_baseline"
TRIALS = 40
_COLUMNS = {
    "best_test_mse": "trained_best_test_mse",
    "mean_test_mse": "trained_mean_test_mse",
    "sd_test_mse": "trained_sd_test_mse",
}


def published_errors(table: pd.DataFrame) -> Iterator[Number]:
    """Table VIII: least, mean and standard deviation of the trials' test errors."""
    for row in table.itertuples():
        for quantity in _COLUMNS:
            yield Number(_ERRORS, f"{row.benchmark}/{row.network}", quantity, getattr(row, quantity))


def published_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Tables II and VII: every factor of every term at four parameter values."""
    for row in table.itertuples():
        for network in ("seql", "heql"):
            item = f"{row.benchmark}/{network}/{row.t:.3f}"
            yield from _factors(_EQUATIONS, item, Equation(getattr(row, network), ("x",), "t", "y", {}))


def published_baseline(table: pd.DataFrame) -> Iterator[Number]:
    """Table I: every factor of every term of the baseline's equations, in which t is a feature."""
    for row in table.itertuples():
        yield from _factors(_BASELINE, f"{row.benchmark}/eql", Equation(row.eql, ("x", "t"), "t", "y", {}))


def _factors(source: str, item: str, equation: Equation) -> Iterator[Number]:
    for skeleton, factors in effective_coefficients(equation, np.zeros(1)).items():
        for k, column in enumerate(factors):
            yield Number(source, item, f"{skeleton} factor {k}", float(column[0]))


def measured_errors(scores: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """Table VIII from our scores: of the trials as published, or of the refined equation."""
    ours = {}
    for row in scores.to_dict("records"):
        network, own = row["learner"].split(".")
        item = f"{_ERRORS}/{row['function']}/{network}"
        if own == protocol == "published":
            ours |= {f"{item}/{quantity}": Measured(row[column]) for quantity, column in _COLUMNS.items()}
        elif own == protocol and np.isfinite(row["test_mse_scaled"]):
            ours[f"{item}/best_test_mse"] = Measured(row["test_mse_scaled"])
    return ours


def measured_equations(coefficients: pd.DataFrame, protocol: str, numbers: Iterable[Number]) -> dict[str, Measured]:
    """Tables I, II and VII from our coefficients: as trained in the published protocol, refined in ours.

    A published term that our equation lacks has the coefficient 0.
    """
    form = "trained" if protocol == "published" else "refined"
    baseline = coefficients["learner"].str.startswith("eql.")
    forms = baseline.map({True: f"{form}, t a feature", False: form})
    chosen = coefficients[(coefficients["equation"] == forms) & coefficients["learner"].str.endswith(f".{protocol}")]
    ours, places = {}, set()
    for row in chosen.itertuples():
        network = row.learner.split(".")[0]
        place = f"{_EQUATIONS}/{row.function}/{network}/{row.parameter_value:.3f}"
        place = f"{_BASELINE}/{row.function}/eql" if network == "eql" else place
        places.add(place)
        ours[f"{place}/{row.quantity}"] = Measured(row.value)
    return with_lacking(ours, places, numbers)


def measured_texts(table: pd.DataFrame, numbers: Iterable[Number]) -> dict[str, Measured]:
    """The same from our equations as trained, written out in rows; unread ones have an empty text."""
    found: list[Number] = []
    for row in table.dropna(subset="trained").itertuples():
        item = f"{row.function}/{row.learner.split('.')[0]}/{row.parameter_value:.3f}"
        found += _factors(_EQUATIONS, item, Equation(row.trained, ("x",), "t", "y", {}))
    ours = {number.path: Measured(number.value) for number in found}
    return with_lacking(ours, {f"{number.source}/{number.item}" for number in found}, numbers)


def as_published(table: pd.DataFrame, learners: Iterable[str]) -> pd.DataFrame:
    """The rows of these learners without noise, of the first seed."""
    return table[table["learner"].isin(list(learners)) & (table["noise"] == 0) & (table["seed"] == 0)]


def measured_runs(table: pd.DataFrame, functions: int, seeds: int) -> dict[str, Measured]:
    """Recovered runs by network from a record of repeated runs without noise, once every function has all seeds: in
    all, and for the function with the fewest."""
    ours = {}
    for learner, rows in table[table["noise"] == 0].groupby("learner"):
        counts = rows.groupby("function")["recovered"].agg(["sum", "count"])
        if len(counts) == functions and (counts["count"] == seeds).all():
            place = f"network_runs/{learner.split('.')[0]}"
            ours[f"{place}/all/recovered"] = Measured(float(counts["sum"].sum()))
            ours[f"{place}/worst_function/recovered"] = Measured(float(counts["sum"].min()))
    return ours

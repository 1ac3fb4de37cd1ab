"""Tabulate what is learned, and how well, over initial densities: the information content of the data."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import Equation, read_equation
from eqlearn.information import REFERENCE, information
from eqlearn.job import logged_to
from eqlearn.medians import median_with_error
from eqlearn.paper_a import structures_alone
from eqlearn.structure import terms
from eqlearn.tables import read_table, write_table
from eqlearn.time_scale import time_factor

Labelled = dict[tuple[str, str], Path]


def tabulate_information(
    *,
    datasets: dict[str, Path],
    equations: Labelled,
    alone: Labelled,
    errors: dict[str, Path],
    inference: dict[str, Path],
    table: Path,
) -> None:
    """Write one row per dataset and equation; medians are over the parameter values that all datasets have.

    ``equations`` by dataset and ``learner.protocol/n``; ``alone`` (equations per parameter value of the same
    experiments) by dataset and learner. Columns: powers of the equation, or terms of one that is no
    polynomial; share of the experiments whose own equation has the structure that is most frequent among them; median
    trajectory error; median over the parameter of the mean relative error of the inferred parameter; and of the data
    alone, so the same for all learners, the condition and the standard errors of the coefficients of dC/d(p·t), dC/dt
    where time is not scaled, with the terms C, C² and C³.
    """
    data = {name: read_dataset(path) for name, path in datasets.items()}
    shared = set.intersection(*(set(part.values) for part in data.values()))
    scores = {name: _medians(path, "mse", shared) for name, path in errors.items()}
    inferred = {name: read_table(path, ["parameter_value"]) for name, path in inference.items()}
    both = set.intersection(*(set(part["parameter_value"]) for part in inferred.values()))
    misses = {name: _medians(path, "mean_relative_error", both) for name, path in inference.items()}
    told = {name: _told(part.at(sorted(shared))) for name, part in data.items()}
    rows = []
    for (name, label), path in equations.items():
        rows.append(
            {
                "dataset": name,
                "initial_density": data[name].attributes["initial_state"],
                "learner": label.split("/")[0],
                **_structure(read_equation(path)),
                "share_of_most_frequent": _share(alone.get((name, label.split("/")[0]))),
                **_named("mse", scores[name].get(label)),
                **_named("relative_error", misses[name].get(label)),
                **told[name],
            }
        )
    write_table(pd.DataFrame(rows).sort_values("initial_density", kind="stable"), table)


def _structure(equation: Equation) -> dict[str, str]:
    """Powers of the state, of a polynomial; and terms of an equation that is none."""
    coefficients = None if equation.status == "unread" else state_polynomial(equation, 1.0)
    if coefficients is not None:
        return {"powers": " ".join(map(str, np.flatnonzero(coefficients))), "terms": ""}
    return {
        "powers": "",
        "terms": " + ".join(term.skeleton for term in terms(equation)) if equation.template else "unread",
    }


def _medians(path: Path, column: str, values: set[float]) -> dict[str, tuple[float, float]]:
    """Median of a column over the parameter and its standard error by label; infinite where an equation fails at half
    of the values."""
    table = read_table(path, ["parameter_value", column], ["learner", "experiments"])
    table = table[table["parameter_value"].isin(values)].fillna({column: np.inf})
    groups = table.groupby(["learner", "experiments"])[column]
    return {f"{learner}/n{experiments}": median_with_error(rows) for (learner, experiments), rows in groups}


def _named(quantity: str, median: tuple[float, float] | None) -> dict[str, float]:
    return dict(zip((f"median_{quantity}", f"standard_error_of_median_{quantity}"), median or (np.nan, np.nan)))


def _told(data: ParametricDataset) -> dict[str, float]:
    """Medians of condition and standard errors over the parameter."""
    scaled = time_factor(data, data.values)[:, None] * data.time
    found = [information(times, states) for times, states in zip(scaled, data.features[:, :, 0])]
    errors = np.median([each.standard_errors for each in found], axis=0)
    names = [f"standard_error_c{power}" for power in REFERENCE]
    return {"condition": float(np.median([each.condition for each in found])), **dict(zip(names, errors))}


def _share(path: Path | None) -> float:
    if path is None:
        return np.nan
    structures = structures_alone(read_table(path, ["parameter_value", "power"], ["model"]))
    return float(structures.value_counts(normalize=True).iloc[0])


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        given, params = snakemake.input, snakemake.params
        tabulate_information(
            datasets=dict(zip(params.datasets, given.datasets)),
            equations={tuple(label): path for label, path in zip(params.labels, given.equations)},
            alone={tuple(label): path for label, path in zip(params.alone, given.alone)},
            errors=dict(zip(params.datasets, given.errors)),
            inference=dict(zip(params.datasets, given.inference)),
            table=snakemake.output.table,
        )

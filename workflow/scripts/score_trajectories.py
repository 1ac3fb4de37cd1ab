"""Score every equation of a dataset: mean squared error of its trajectories over the parameter."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn import polynomial_flow
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.dynamics import forward_solve
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.scoring import Flow, Solver, predicted, predicted_alone, published_flow, published_solve, trajectory_mse
from eqlearn.tables import read_table, write_table

ALONE_COLUMNS = ("parameter_value", "power", "coefficient")


def score_trajectories(
    *,
    dataset: Path,
    equations: dict[str, Path],
    alone: dict[str, Path],
    errors: Path,
    examples: Path,
    shown: list[float],
    growth_share: float,
) -> None:
    """Write errors at all parameter values, and the curves at those shown as examples.

    ``equations`` and ``alone`` (tables per parameter value) by label ``learner.protocol/n``; scaled time is
    time·parameter·``growth_share``.
    """
    data = read_dataset(dataset)
    curves = {label: predicted(read_equation(path), data, _solver(label)) for label, path in equations.items()}
    for label, path in alone.items():
        curves[label] = predicted_alone(read_table(path, ALONE_COLUMNS, ["model"]), data, _flow(label))
    write_table(pd.concat([_errors(label, states, data) for label, states in curves.items()]), errors)
    chosen = np.isin(data.values, shown)
    curves["data"] = data.features[:, :, 0]
    write_table(
        pd.concat(
            [_curves(label, states[chosen], data.select(chosen), growth_share) for label, states in curves.items()]
        ),
        examples,
    )


def _solver(label: str) -> Solver:
    """The published protocol is scored as published, with the error of its solver."""
    return published_solve if ".published" in label else forward_solve


def _flow(label: str) -> Flow:
    """The same for equations of single parameter values."""
    return published_flow if ".published" in label else polynomial_flow.solve


def _errors(label: str, states: np.ndarray, data: ParametricDataset) -> pd.DataFrame:
    mse = trajectory_mse(states, data)
    learner, experiments = label.split("/n")
    table = {"learner": learner, "experiments": experiments, "parameter_value": data.values, "mse": mse}
    nmse = mse / np.var(data.features)
    tabulated = pd.DataFrame({**table, "nmse": nmse, "integrates": np.isfinite(mse)})[~np.isnan(mse)]
    return tabulated.replace({"mse": np.inf, "nmse": np.inf}, np.nan)  # an empty error means: fails to integrate


def _curves(label: str, states: np.ndarray, data: ParametricDataset, growth_share: float) -> pd.DataFrame:
    values = np.repeat(data.values, data.time.shape[1])
    runs, times = np.repeat(data.runs, data.time.shape[1]), data.time.ravel()
    table = {"curve": label, "parameter_value": values, "run": runs}
    return pd.DataFrame({**table, "time": times, "scaled_time": growth_share * values * times, "state": states.ravel()})


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        score_trajectories(
            dataset=snakemake.input.dataset,
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            alone=dict(zip(snakemake.params.alone_labels, snakemake.input.alone)),
            errors=snakemake.output.errors,
            examples=snakemake.output.examples,
            shown=snakemake.params.shown,
            growth_share=snakemake.params.growth_share,
        )

"""Summarise inferred parameters: errors over the runs of each parameter value, and over all of them."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.coverage import coverage_of, holds
from eqlearn.job import logged_to
from eqlearn.medians import median_with_error
from eqlearn.tables import read_table, write_table


def summarise_inference(*, estimates: dict[str, Path], limit: str, summary: Path, medians: Path) -> None:
    """Write two tables of equations (by label ``learner.protocol/n``).

    ``summary``: a row per parameter value; ``coverage`` is the share of runs whose interval holds the parameter, empty
    for methods without intervals. ``medians``: a row in all; the median over parameter values of the mean relative
    error, and by how much it is above that of the label ``limit``, both with standard errors, and the coverage beside
    the shares that are allowed.
    """
    runs = {label: _runs(path) for label, path in estimates.items()}
    tables = {label: _by_value(own) for label, own in runs.items()}
    write_table(_labelled(tables), summary)
    errors = {label: table["mean_relative_error"].to_numpy() for label, table in tables.items()}
    overall = {label: _overall(own, errors[label], errors[limit]) for label, own in runs.items()}
    write_table(_labelled(overall), medians)


def _runs(path: Path) -> pd.DataFrame:
    runs = read_table(path, ["parameter_value", "relative_error", "low", "high"], ["interval"])
    return runs.assign(covered=holds(runs).astype(float).where(runs["low"].notna()))


def _labelled(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables below each other, with learner and number of experiments in front."""
    keys = {label: label.split("/n") for label in tables}
    parts = [table.assign(learner=keys[label][0], experiments=keys[label][1]) for label, table in tables.items()]
    whole = pd.concat(parts)
    front = ["learner", "experiments"]
    return whole[[*front, *whole.columns.drop(front)]]


def _by_value(runs: pd.DataFrame) -> pd.DataFrame:
    groups = runs.groupby("parameter_value")
    table = groups["relative_error"].agg(["mean", "std", "count"]).reset_index()
    table.columns = ["parameter_value", "mean_relative_error", "sd_relative_error", "runs"]
    table["standard_error"] = table["sd_relative_error"] / np.sqrt(table["runs"])
    return table.assign(coverage=groups["covered"].mean().to_numpy())


def _overall(runs: pd.DataFrame, errors: np.ndarray, limit: np.ndarray) -> pd.DataFrame:
    """One row; ``errors`` and those of the limit (P,) at the same parameter values."""
    median, error = median_with_error(errors)
    above, error_above = median_with_error(errors, limit)
    coverage = coverage_of(runs)
    row = {"median_relative_error": median, "standard_error": error, "worst_relative_error": errors.max()}
    row |= {"above_limit": above, "standard_error_above_limit": error_above, "rates": errors.size, "runs": len(runs)}
    row |= {"interval": runs["interval"].iloc[0], "coverage": coverage.share}
    row |= dict(zip(("allowed_low", "allowed_high"), coverage.allowed)) | {"coverage_verdict": coverage.verdict}
    return pd.DataFrame([row])


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise_inference(
            estimates=dict(zip(snakemake.params.labels, snakemake.input.estimates)),
            limit=snakemake.params.limit,
            summary=snakemake.output.summary,
            medians=snakemake.output.medians,
        )

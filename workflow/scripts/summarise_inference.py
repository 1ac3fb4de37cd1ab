"""Summarise inferred parameters: mean and spread of the relative error over the runs of each parameter value."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.tables import read_table, write_table


def summarise_inference(*, estimates: dict[str, Path], summary: Path) -> None:
    """Write one row per equation (by label ``learner.protocol/n``) and parameter value.

    ``coverage`` is the share of runs whose interval holds the parameter, empty for methods without intervals.
    """
    write_table(pd.concat([_summary(label, path) for label, path in estimates.items()]), summary)


def _summary(label: str, path: Path) -> pd.DataFrame:
    runs = read_table(path, ["parameter_value", "relative_error", "low", "high"])
    inside = (runs["low"] <= runs["parameter_value"]) & (runs["parameter_value"] <= runs["high"])
    runs["covered"] = inside.astype(float).where(runs["low"].notna())
    groups = runs.groupby("parameter_value")
    table = groups["relative_error"].agg(["mean", "std", "count"]).reset_index()
    table.columns = ["parameter_value", "mean_relative_error", "sd_relative_error", "runs"]
    table["coverage"] = groups["covered"].mean().to_numpy()
    learner, experiments = label.split("/n")
    table.insert(0, "learner", learner)
    table.insert(1, "experiments", experiments)
    return table


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise_inference(
            estimates=dict(zip(snakemake.params.labels, snakemake.input.estimates)),
            summary=snakemake.output.summary,
        )

"""Summarise inferred parameters: mean and spread of the relative error over the runs of each parameter value."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.tables import read_table, write_table


def summarise_inference(*, estimates: dict[str, Path], summary: Path) -> None:
    """Write one row per equation (by label ``learner.protocol/n``) and parameter value."""
    parts = []
    for label, path in estimates.items():
        runs = read_table(path, ["parameter_value", "relative_error"])
        table = runs.groupby("parameter_value")["relative_error"].agg(["mean", "std", "count"]).reset_index()
        learner, experiments = label.split("/n")
        table.insert(0, "learner", learner)
        table.insert(1, "experiments", experiments)
        parts.append(table.rename(columns={"mean": "mean_relative_error", "std": "sd_relative_error", "count": "runs"}))
    write_table(pd.concat(parts), summary)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise_inference(
            estimates=dict(zip(snakemake.params.labels, snakemake.input.estimates)),
            summary=snakemake.output.summary,
        )

"""Tabulate the relative errors of inferred parameters at a few parameter values beside the published ones (T2)."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.tables import read_table, write_table

ERRORS = ["mean_relative_error", "sd_relative_error"]
OURS = [*ERRORS, "standard_error", "runs"]


def tabulate_inference_examples(
    *,
    summaries: dict[str, Path],
    shown: dict[str, list[float]],
    places: dict[str, str],
    published: Path,
    table: Path,
    page: Path,
) -> None:
    """Write one row per dataset, parameter value and learner: mean over runs, its error and their deviation.

    ``summaries``: errors at all parameter values, and ``shown``: the values wanted, both by dataset; ``places``: where
    a dataset stands in the publication, as ``data/initial density``. A value without single runs has no row.
    """
    theirs = read_table(published, ["proliferation_rate", *ERRORS], ["initial_density", "model"])
    theirs = theirs.rename(
        columns={"proliferation_rate": "parameter_value", **{key: f"published_{key}" for key in ERRORS}}
    )
    parts = []
    for name, path in summaries.items():
        ours = read_table(path, ["parameter_value", *OURS], ["learner", "experiments"])
        ours = ours[ours["parameter_value"].isin(shown[name])].sort_values("parameter_value", kind="stable")
        ours.insert(0, "dataset", name)
        density = places.get(name, "").removeprefix("ABM/")
        keys = {"initial_density": density, "model": ours["learner"].str.split(".").str[0]}
        parts.append(ours.assign(**keys).merge(theirs, how="left").drop(columns=list(keys)))
    examples = pd.concat(parts)
    write_table(examples, table)
    write_table_page(examples, page)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_inference_examples(
            summaries=dict(zip(snakemake.params.datasets, snakemake.input.summaries)),
            shown=dict(zip(snakemake.params.datasets, snakemake.params.shown)),
            places=snakemake.params.places,
            published=snakemake.input.published,
            table=snakemake.output.table,
            page=snakemake.output.page,
        )

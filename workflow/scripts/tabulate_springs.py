"""Tabulate equations over latent variables and positions beside the published ones (paper B, Tables V and VI)."""

from pathlib import Path

from eqlearn.datasets.functions import differing
from eqlearn.datasets.springs import TASKS, task_of
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.tables import read_table, write_table


def tabulate_springs(*, equations: Path, published: Path, definitions: dict, table: Path, page: Path) -> None:
    """Write the table, and as a page; the published rows stand beside ours of the same task, network and t, unless
    the task is an own one of ``definitions`` that is another than the publication's."""
    keys = ["task", "network", "t"]
    columns = ["true", "learned_latent", "learned_transformed"]
    ours = read_table(equations, ["parameter_value"], ["task", "learner", *columns])
    ours = ours.assign(network=ours["learner"].str.split(".").str[0], t=ours["parameter_value"].map("{:.3f}".format))
    printed = read_table(published, ["t"], ["target", "network", *columns])
    printed = printed[~printed["target"].isin(differing(definitions, TASKS, task_of))]
    printed = printed.assign(task=printed["target"], t=printed["t"].map("{:.3f}".format))[[*keys, *columns]]
    printed = printed.rename(columns={name: f"published_{name}" for name in columns})
    compared = ours.merge(printed, "left", keys)
    compared = compared[["task", "seed", "learner", "t", *columns, *(f"published_{name}" for name in columns)]]
    write_table(compared, table)
    write_table_page(compared, page)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        files = {**dict(snakemake.input.items()), **dict(snakemake.output.items())}
        tabulate_springs(**files, definitions=snakemake.params.definitions)

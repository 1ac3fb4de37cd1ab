"""Draw simulated densities and the curves of learned equations at a few parameter values (N1)."""

from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, grid, legend, mark_unsupported, save
from eqlearn.support import unsupported
from eqlearn.tables import read_table


def figure_example_fits(
    *, examples: dict[str, Path], verdicts: Path, curves: list[str], labels: dict[str, str], svg: Path, png: Path
) -> None:
    """One row per dataset, one column per parameter value; ``curves`` are labels ``learner.protocol/n``, drawn over the
    column ``labels["horizontal"]``; ``verdicts`` on them."""
    horizontal = labels["horizontal"]
    columns = ["parameter_value", "run", horizontal, "state"]
    tables = {name: read_table(path, columns, ["curve"]) for name, path in examples.items()}
    shown = sorted({value for table in tables.values() for value in table["parameter_value"]})
    figure, axes = grid(len(tables), len(shown), sharex=horizontal == "scaled_time", sharey=True)
    refuted = unsupported(verdicts)
    for row, (name, table) in zip(axes, tables.items()):
        marked = [LEARNERS[label.split("/")[0]][0] for label in curves if (name, *label.split("/n")) in refuted]
        for axis, value in zip(row, shown):
            _draw(axis, table[table["parameter_value"] == value], curves, horizontal)
            mark_unsupported(axis, marked)
            axis.set_title(f"{name}, {labels['symbol']} = {value:g}")
        row[0].set_ylabel(labels["state"])
    for axis in axes[-1]:
        axis.set_xlabel(labels["horizontal_label"])
    if all(table["state"].min() >= 0 for table in tables.values()):
        axes[0][0].set_ylim(bottom=0)  # after all are drawn, since they share it
    legend(figure, axes[0])
    save(figure, svg, png)


def _draw(axis, table, curves: list[str], horizontal: str) -> None:
    data = table[table["curve"] == "data"]
    axis.plot(data[horizontal], data["state"], "o", color="0.6", markersize=2.5, label="data")
    for label in curves:
        name, colour, dashes = LEARNERS[label.split("/")[0]]
        rows = table[table["curve"] == label]
        for _, run in rows.groupby("run"):
            axis.plot(run[horizontal], run["state"], color=colour, linestyle=dashes, label=name)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_example_fits(
            examples=dict(zip(snakemake.params.datasets, snakemake.input.tables)),
            verdicts=snakemake.input.verdicts,
            curves=snakemake.params.curves,
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

"""Draw the trajectory error of ES ME-EQL over the parameter, a line per number of experiments (N7)."""

from itertools import cycle
from pathlib import Path

from eqlearn.error_panels import error_panels
from eqlearn.job import logged_to
from eqlearn.style import COUNT_COLOURS, COUNT_DASHES, LEARNERS, mark_unsupported
from eqlearn.support import unsupported

PANEL = (3.4, 2.0)


def figure_errors_by_experiments(
    *, errors: dict[str, Path], verdicts: Path, learners: list[str], labels: dict[str, str], svg: Path, png: Path
) -> None:
    """One row per dataset, one column per learner; equations that ``verdicts`` say no to are marked."""
    refuted = unsupported(verdicts)
    columns = {LEARNERS[learner][0]: learner for learner in learners}

    def draw(axis, table, column: str, dataset: str) -> None:
        numbers = [n for name, learner, n in refuted if (name, learner) == (dataset, columns[column])]
        mark_unsupported(axis, [f"{n} experiments" for n in sorted(numbers, key=int, reverse=True)])
        _draw(axis, table[table["learner"] == columns[column]])
        _draw_theory(axis, table[table["learner"] == "mean_field.theory"])

    error_panels(errors, columns, draw, "{dataset}, {column}", labels, (svg, png), PANEL)


def _draw_theory(axis, table) -> None:
    if len(table):
        label, _, dashes = LEARNERS["mean_field.theory"]
        axis.plot(table["parameter_value"], table["mse"], color="0.6", ls=dashes, lw=0.9, zorder=1, label=label)


def _draw(axis, table) -> None:
    numbers = sorted(set(table["experiments"]), key=int, reverse=True)
    for n, colour, dashes in zip(numbers, cycle(COUNT_COLOURS), cycle(COUNT_DASHES)):
        rows = table[table["experiments"] == n]
        axis.plot(rows["parameter_value"], rows["mse"], color=colour, ls=dashes, lw=0.9, label=f"{n} experiments")


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_errors_by_experiments(
            errors=dict(zip(snakemake.params.datasets, snakemake.input.errors)),
            verdicts=snakemake.input.verdicts,
            learners=snakemake.params.learners,
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

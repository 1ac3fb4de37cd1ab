"""Draw the relative error of inferred parameters over the parameter, mean and spread of single runs (N8)."""

from itertools import cycle
from pathlib import Path

import numpy as np
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, MARKERS, grid, legend, log_error, log_parameter, save
from eqlearn.tables import read_table

PANEL = (3.4, 2.6)


def figure_parameter_inference(*, summaries: dict[str, Path], svg: Path, png: Path) -> None:
    """One panel per dataset; a logarithmic axis, because a linear one hides failures at small parameters."""
    columns = ["parameter_value", "mean_relative_error", "sd_relative_error"]
    tables = {name: read_table(path, columns, ["learner"]) for name, path in summaries.items()}
    figure, axes = grid(1, len(tables), PANEL, sharey=True)
    for axis, (name, table) in zip(axes[0], tables.items()):
        shown = [learner for learner in LEARNERS if learner in set(table["learner"])]
        for marker, learner in zip(cycle(MARKERS), shown):
            rows = table[table["learner"] == learner]
            label, colour, dashes = LEARNERS[learner]
            mean, sd = rows["mean_relative_error"].to_numpy(), rows["sd_relative_error"].fillna(0).to_numpy()
            axis.plot(rows["parameter_value"], mean, marker, ls=dashes, lw=0.8, ms=3, color=colour, label=label)
            lower = np.maximum(mean - sd, 0.2 * mean)  # a logarithmic axis has no zero
            axis.fill_between(rows["parameter_value"], lower, mean + sd, color=colour, alpha=0.12, lw=0)
        axis.set(title=name, xlabel=r"true proliferation rate $r_p$ (1/time)")
        log_parameter(axis)
    log_error(axes[0][0])  # after all are drawn, since they share it
    axes[0][0].set_ylabel(r"relative error $|\hat r_p - r_p| / r_p$ (1)")
    legend(figure, axes[0])
    save(figure, svg, png)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_parameter_inference(
            summaries=dict(zip(snakemake.params.datasets, snakemake.input.summaries)),
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

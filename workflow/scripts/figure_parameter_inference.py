"""Draw the relative error of inferred parameters, its mean and spread over single runs, and their medians (N8)."""

from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, MARKERS, grid, legend, log_error, log_parameter, save
from eqlearn.tables import read_table
from matplotlib.axes import Axes

MEDIANS = ["median_relative_error", "standard_error"]
PANEL = (1.9, 2.6)
WIDTHS = (6, 1)  # of the errors over the parameter, and of their medians beside them


def figure_parameter_inference(*, summaries: dict[str, Path], medians: dict[str, Path], svg: Path, png: Path) -> None:
    """One panel per dataset; a logarithmic axis, because a linear one hides failures at small parameters.

    A narrow one beside it shows the medians over the parameter, with their standard errors.
    """
    columns = ["parameter_value", "mean_relative_error", "sd_relative_error"]
    figure, axes = grid(1, 2 * len(summaries), PANEL, sharey=True, width_ratios=WIDTHS * len(summaries))
    for axis, beside, (name, path) in zip(axes[0][::2], axes[0][1::2], summaries.items()):
        table = read_table(path, columns, ["learner"])
        shown = [learner for learner in LEARNERS if learner in set(table["learner"])]
        for marker, learner in zip(cycle(MARKERS), shown):
            _draw(axis, table[table["learner"] == learner], marker, learner)
        axis.set(title=name, xlabel=r"true proliferation rate $r_p$ (1/time)")
        log_parameter(axis)
        _draw_medians(beside, read_table(medians[name], MEDIANS, ["learner"]).set_index("learner").loc[shown])
    log_error(axes[0][0])  # after all are drawn, since they share it
    axes[0][0].set_ylabel(r"relative error $|\hat r_p - r_p| / r_p$ (1)")
    legend(figure, axes[0])
    save(figure, svg, png)


def _draw(axis: Axes, rows: pd.DataFrame, marker: str, learner: str) -> None:
    label, colour, dashes = LEARNERS[learner]
    mean, sd = rows["mean_relative_error"].to_numpy(), rows["sd_relative_error"].fillna(0).to_numpy()
    axis.plot(rows["parameter_value"], mean, marker, ls=dashes, lw=0.8, ms=3, color=colour, label=label)
    lower = np.maximum(mean - sd, 0.2 * mean)  # a logarithmic axis has no zero
    axis.fill_between(rows["parameter_value"], lower, mean + sd, color=colour, alpha=0.12, lw=0)


def _draw_medians(axis: Axes, medians: pd.DataFrame) -> None:
    for place, (marker, (learner, row)) in enumerate(zip(cycle(MARKERS), medians.iterrows())):
        style = {"fmt": marker, "ms": 3, "color": LEARNERS[learner][1], "elinewidth": 0.8, "capsize": 2}
        axis.errorbar(place, *row[MEDIANS], **style)
    axis.set(title="median", xticks=[], xlim=(-0.7, len(medians) - 0.3))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_parameter_inference(
            summaries=dict(zip(snakemake.params.datasets, snakemake.input.summaries)),
            medians=dict(zip(snakemake.params.datasets, snakemake.input.medians)),
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

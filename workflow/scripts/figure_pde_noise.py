"""Draw what noise does to learned partial differential equations: coefficient error and right supports."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, equation_text, grid, legend, log_error, save
from eqlearn.tables import read_table
from matplotlib.axes import Axes
from scipy.stats import binomtest


def figure_pde_noise(*, recovery: list[Path], svg: Path, png: Path) -> None:
    """One column per equation; above the relative error of the coefficients, a dot per draw and a line through the
    medians; below the share of right supports with its 95 % Wilson interval."""
    numbers = ["noise", "relative_coefficient_error"]
    tables = [read_table(path, numbers, ["equation", "learner"]) for path in recovery]
    figure, axes = grid(2, len(tables), sharex="col", sharey="row")
    for table, above, below in zip(tables, *axes):
        for place, (learner, rows) in enumerate(table.groupby("learner", sort=False)):
            name, colour, dashes = LEARNERS[learner]
            style = {"color": colour, "label": name, "linestyle": dashes}
            shift = 1 + 0.06 * (2 * place - 1)  # so that learners do not hide each other
            _errors(above, rows, shift, style)
            _shares(below, rows, shift, style)
        above.set_title(equation_text(table["equation"].iloc[0]))
        _noise_axis(below, 100 * np.unique(table["noise"]))
    log_error(axes[0][0])
    axes[0][0].set_ylabel("relative error\nof coefficients (1)")
    axes[1][0].set_ylabel("share of right\nsupports (1)")
    legend(figure, axes[0])
    save(figure, svg, png)


def _errors(axis: Axes, rows: pd.DataFrame, shift: float, style: dict) -> None:
    medians = rows.groupby("noise")["relative_coefficient_error"].median()
    axis.plot(100 * shift * medians.index, medians, **style)
    for right, marker in ((True, "o"), (False, "x")):
        own = rows[rows["support_right"] == right]
        percent, error = 100 * shift * own["noise"], own["relative_coefficient_error"]
        axis.plot(percent, error, marker, color=style["color"], markersize=3, alpha=0.6)


def _shares(axis: Axes, rows: pd.DataFrame, shift: float, style: dict) -> None:
    groups = rows.groupby("noise")["support_right"]
    share, noise = groups.mean().to_numpy(), 100 * shift * groups.mean().index.to_numpy()
    intervals = [binomtest(int(own.sum()), len(own)).proportion_ci(0.95, "wilson") for _, own in groups]
    spread = [share - [i.low for i in intervals], [i.high for i in intervals] - share]
    axis.errorbar(noise, share, spread, marker="o", markersize=3, **style)


def _noise_axis(axis: Axes, levels: np.ndarray) -> None:
    axis.set_xscale("log")
    axis.set_xticks(levels)
    axis.set_xticks([], minor=True)
    axis.xaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axis.set_xlabel("noise (% of the SD of u)")
    axis.set_ylim(-0.05, 1.05)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_pde_noise(recovery=snakemake.input.recovery, svg=snakemake.output.svg, png=snakemake.output.png)

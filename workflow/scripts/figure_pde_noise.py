"""Draw what noise does to learned partial differential equations: coefficient error and right supports."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, equation_text, grid, legend, log_error, save
from eqlearn.tables import read_table
from matplotlib.axes import Axes

INTERVAL = ["share_low", "share_high"]


def figure_pde_noise(*, draws: list[Path], recovery: Path, svg: Path, png: Path) -> None:
    """One column per equation; above the relative error of the coefficients, a dot per draw and a line through the
    medians; below the share of right supports with its interval, which ``recovery`` holds beside ``draws``."""
    numbers = ["noise", "relative_coefficient_error"]
    tables = [read_table(path, numbers, ["equation", "learner"]) for path in draws]
    shares = read_table(recovery, ["noise", "draws", "supports_right", *INTERVAL], ["equation", "learner"])
    figure, axes = grid(2, len(tables), sharex="col", sharey="row")
    for table, above, below in zip(tables, *axes):
        for place, (learner, rows) in enumerate(table.groupby("learner", sort=False)):
            name, colour, dashes = LEARNERS[learner]
            style = {"color": colour, "label": name, "linestyle": dashes}
            shift = 1 + 0.06 * (2 * place - 1)  # so that learners do not hide each other
            _errors(above, rows, shift, style)
            own = shares[(shares["equation"] == rows["equation"].iloc[0]) & (shares["learner"] == learner)]
            _shares(below, own, shift, style)
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
    share = rows["supports_right"] / rows["draws"]
    spread = np.maximum(0, [share - rows["share_low"], rows["share_high"] - share])
    axis.errorbar(100 * shift * rows["noise"], share, spread, marker="o", markersize=3, **style)


def _noise_axis(axis: Axes, levels: np.ndarray) -> None:
    axis.set_xscale("log")
    axis.set_xticks(levels)
    axis.set_xticks([], minor=True)
    axis.xaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axis.set_xlabel("noise (% of the SD of u)")
    axis.set_ylim(-0.05, 1.05)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_pde_noise(
            draws=snakemake.input.draws,
            recovery=snakemake.input.recovery,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

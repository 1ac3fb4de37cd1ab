"""Draw how often the true structure is found, and how far coefficients are off, over the level of noise."""

from itertools import cycle
from pathlib import Path

import numpy as np
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, MARKERS, grid, legend, log_error, log_parameter, save
from eqlearn.tables import read_table

MOST = 6  # columns of panels
PANEL = (1.95, 1.75)
ASIDE = 1.08  # factor between the learners' marks of one level
RATES, ERRORS = ["runs_rate_low", "runs_rate_high"], ["coefficient_error_median", "coefficient_error_worst"]


def figure_noise(*, recovery: Path, svg: Path, png: Path) -> None:
    """One column per function: recovery rate above, error of the coefficients below, a line per learner."""
    table = read_table(recovery, ["noise", "runs_right", "runs", *RATES, *ERRORS], ["function", "learner"])
    functions = list(dict.fromkeys(table["function"]))[:MOST]
    levels = sorted(set(100 * table["noise"]))
    learners = list(dict.fromkeys(table["learner"]))
    figure, axes = grid(2, len(functions), PANEL, sharex=True, sharey="row")
    for column, function in zip(zip(*axes), functions):
        for place, (learner, marker) in enumerate(zip(learners, cycle(MARKERS))):
            own = table[(table["function"] == function) & (table["learner"] == learner)].sort_values("noise")
            _draw(column, own, learner, marker, ASIDE ** (place - (len(learners) - 1) / 2))
        column[0].set_title(function)
        column[0].set_ylim(-0.03, 1.03)
        column[1].set_xlabel("noise (%)")
    axes[0][0].set_ylabel("share of runs with\nthe true structure (1)")
    axes[1][0].set_ylabel("error of coefficients (1)")
    log_error(axes[1][0])  # after all are drawn, since they share it
    for axis in axes[1]:
        log_parameter(axis)
        axis.set_xticks(levels, [f"{level:g}" for level in levels])
    legend(figure, axes[0])
    save(figure, svg, png)


def _draw(column, own, learner: str, marker: str, aside: float) -> None:
    """Two panels of one learner: rate with its interval; median error, and up to the largest."""
    name, colour, dashes = LEARNERS[learner]
    style = {"color": colour, "ls": dashes, "marker": marker, "ms": 3.5, "elinewidth": 0.9, "capsize": 2, "label": name}
    noise, rate = 100 * aside * own["noise"], own["runs_right"] / own["runs"]
    low, high = (own[name] for name in RATES)
    column[0].errorbar(noise, rate, np.maximum(0, [rate - low, high - rate]), **style)
    middle, worst = (own[name] for name in ERRORS)
    column[1].errorbar(noise, middle, [0 * middle, worst - middle], **style)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_noise(recovery=snakemake.input.recovery, svg=snakemake.output.svg, png=snakemake.output.png)

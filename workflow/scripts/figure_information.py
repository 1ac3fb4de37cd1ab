"""Draw what is learned, and how well, over the initial density (information content)."""

from itertools import cycle
from pathlib import Path

import numpy as np
from eqlearn.job import logged_to
from eqlearn.style import COUNT_COLOURS, COUNT_DASHES, LEARNERS, MARKERS, grid, legend, log_error, save
from eqlearn.tables import read_table

DENSITY = "initial density (agents/site)"
PANEL = (2.5, 2.3)
ASIDE = 0.12  # distance between the learners' marks of one power
LEARNED = {
    "median_mse": "median mean squared error of C\n(agents²/site²)",
    "median_relative_error": r"median relative error of $\hat r_p$ (1)",
}
STANDARD_ERROR = "standard_error_c"  # of the coefficient whose power follows
OF_DATA = "median standard error in $dC/d(r_p t)$ (1)"


def figure_information(*, table: Path, svg: Path, png: Path) -> None:
    """Panels: structure, trajectory error and inference error by learner; standard errors and condition of the data."""
    numeric = ["initial_density", *LEARNED, *(f"standard_error_of_{name}" for name in LEARNED), "condition"]
    rows = read_table(table, numeric, ["learner", "powers"])
    figure, axes = grid(1, 5, PANEL)
    structure, *learned, errors, condition = axes[0]
    shown = [learner for learner in LEARNERS if learner in set(rows["learner"])]
    for place, (marker, learner) in enumerate(zip(cycle(MARKERS), shown)):
        own, (name, colour, dashes) = rows[rows["learner"] == learner], LEARNERS[learner]
        style = {"marker": marker, "ms": 3, "color": colour, "label": name}
        aside = ASIDE * (place - (len(shown) - 1) / 2)
        texts = zip(own["initial_density"], own["powers"].fillna(""))  # none of an equation that is no polynomial
        powers = [(density, int(power) + aside) for density, text in texts for power in text.split()]
        structure.plot(*np.reshape(powers, (-1, 2)).T, ls="none", **style)
        for axis, quantity in zip(learned, LEARNED):
            bar = own[f"standard_error_of_{quantity}"]
            axis.errorbar(own["initial_density"], own[quantity], bar, ls=dashes, elinewidth=0.8, capsize=2, **style)
    data = rows.drop_duplicates("dataset")
    for name, colour, dashes in zip(data.filter(like=STANDARD_ERROR), COUNT_COLOURS, COUNT_DASHES):
        style = {"marker": "o", "ms": 3, "color": colour, "ls": dashes}
        label = f"$c_{name.removeprefix(STANDARD_ERROR)}$"
        errors.plot(data["initial_density"], data[name], label=label, **style)
    condition.plot(data["initial_density"], data["condition"], "o-", ms=3, color="0.3", label="condition")
    structure.set(ylabel="power of C in the equation (1)", yticks=range(1, max(1, int(structure.get_ylim()[1])) + 1))
    for axis, text in zip((*learned, errors, condition), (*LEARNED.values(), OF_DATA, "condition (1)")):
        log_error(axis)
        axis.set_ylabel(text)
    for axis in axes[0]:
        axis.set_xlabel(DENSITY)
    legend(figure, axes[0])
    save(figure, svg, png)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_information(table=snakemake.input.table, svg=snakemake.output.svg, png=snakemake.output.png)

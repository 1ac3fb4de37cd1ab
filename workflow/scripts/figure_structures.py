"""Draw how often each structure is learned, over bands of the parameter (N4)."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.references import PUBLICATION
from eqlearn.style import CATEGORIES, LEARNERS, grid, legend, save
from eqlearn.tables import read_table

PARAMETER = r"proliferation rate $r_p$ (1/time)"
SHARE = "share of rates (1)"
PANEL = (2.7, 2.0)
OTHERS = ("0.85", "")  # colour and hatch of all that is rarer than the structures with a colour of their own


def figure_structures(*, structures: Path, svg: Path, png: Path) -> None:
    """One row per learner, one column per dataset; a bar per band, with the number of rates above, and at the left the
    counts that the publication gives, where it does."""
    table = read_table(structures, ["count", "of", "share"], ["dataset", "learner", "band", "powers"])
    datasets = list(dict.fromkeys(table["dataset"]))
    learners = [learner for learner in LEARNERS if learner in set(table["learner"])]
    shown = table.groupby("powers")["share"].sum().sort_values(ascending=False, kind="stable").index[: len(CATEGORIES)]
    colours = dict(zip(sorted(shown, key=lambda powers: (len(powers), powers)), CATEGORIES))
    figure, axes = grid(len(learners), len(datasets), PANEL, sharey=True)
    for row, learner in zip(axes, learners):
        for axis, name in zip(row, datasets):
            of_data = table[table["dataset"] == name]
            _draw(axis, of_data[of_data["learner"].isin([PUBLICATION, learner])], colours)
            axis.set_title(f"{name}\n{LEARNERS[f'{learner}.alone'][0]}", pad=12)
            axis.set_xlabel(PARAMETER)
        row[0].set_ylabel(SHARE)
    legend(figure, [axis for row in axes for axis in row])
    save(figure, svg, png)


def _draw(axis, table: pd.DataFrame, colours: dict[str, tuple[str, str]]) -> None:
    bars = {
        ("paper A" if learner == PUBLICATION else band): rows.set_index("powers")
        for (learner, band), rows in table.groupby(["learner", "band"], sort=False)
    }
    for place, rows in enumerate(bars.values()):
        bottom = 0.0
        for powers, (colour, hatch) in {**colours, None: OTHERS}.items():
            share = (
                rows.loc[~rows.index.isin(colours), "share"].sum() if powers is None else rows["share"].get(powers, 0)
            )
            label = "others" if powers is None else f"$\\{{{powers.replace(' ', ', ')}\\}}$"
            style = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.3}
            axis.bar(place, share, 0.8, bottom, label=label, **style)
            bottom += share
        axis.text(place, 1.02, f"{rows['of'].iloc[0]:.0f}", ha="center", fontsize=6)
    axis.set_xticks(range(len(bars)), bars, rotation=90)
    axis.set_ylim(0, 1)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_structures(structures=snakemake.input.structures, svg=snakemake.output.svg, png=snakemake.output.png)

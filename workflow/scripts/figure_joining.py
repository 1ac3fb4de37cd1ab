"""Draw how coefficients are joined: every experiment's own, which are kept or dropped, and the joined curve (N5)."""

from pathlib import Path

import numpy as np
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, MARKERS, PANEL, grid, legend, log_parameter, mark_unsupported, power_text, save
from eqlearn.support import unsupported
from eqlearn.tables import read_table

WIDTH = 11.5  # inches for the panels of a row
HEIGHT = 1.45
DROPPED, KEPT = "0.55", "0.2"
LEAVES = 5  # a curve that exceeds every kept coefficient by this factor needs a logarithmic axis beyond them


def figure_joining(
    *,
    coefficients: Path,
    points: dict[str, Path],
    verdicts: Path,
    dataset: str,
    labels: dict[str, str],
    svg: Path,
    png: Path,
) -> None:
    """One row per equation of one dataset (``points``: coefficients per parameter value by ``learner.protocol/n``), one
    panel per term; ``coefficients``: the joined curves; ``verdicts`` on the equations."""
    refuted = unsupported(verdicts)
    curves = read_table(coefficients, ["parameter_value", "value"], ["learner", "experiments", "coefficient"])
    columns = ["parameter_value", "power", "coefficient"]
    single = {label: read_table(path, columns, ["model"]) for label, path in points.items()}
    powers = {label: _powers(table) for label, table in single.items()}
    most = max(map(len, powers.values()))
    figure, axes = grid(len(single), most, (min(PANEL[0], WIDTH / most), HEIGHT), sharex=True)
    for row, (label, table) in zip(axes, single.items()):
        learner, experiments = label.split("/n")
        joined = curves[(curves["learner"] == learner) & (curves["experiments"] == experiments)]
        for axis, power in zip(row, powers[label]):
            kept = _draw_points(axis, table[table["power"] == power])
            name, colour, dashes = LEARNERS[learner]
            rows = joined[joined["coefficient"] == f"c{power}"]
            axis.plot(rows["parameter_value"], rows["value"], color=colour, ls=dashes, label=name)
            mark_unsupported(axis, [name] if (dataset, learner, experiments) in refuted else [])
            _scale(axis, kept.abs().max(), rows["value"].abs().max())
            axis.set_title(f"{power_text(labels['state_symbol'], power)}, {experiments} experiments")
            log_parameter(axis)
        for axis in row[len(powers[label]) :]:
            axis.set_axis_off()
        row[0].set_ylabel(f"{learner.split('.')[1]}\n{labels['short_coefficient']}")
    for column in zip(*axes):
        last = [axis for axis in column if axis.axison][-1]
        last.set_xlabel(labels["parameter"].replace(" (", "\n("))  # narrow panels
        last.tick_params(labelbottom=True)
    legend(figure, [axis for row in axes for axis in row])
    save(figure, svg, png)


def _powers(table) -> list[int]:
    """Powers of the joined equation."""
    return sorted({int(power) for power in table.loc[table["model"] == "common", "power"]})


def _draw_points(axis, own):
    """Draw the coefficients kept for the join, which are returned; and those dropped, of parameter values whose own
    equation has the term among others."""
    kept = own[own["model"] == "common"]
    left = own[(own["model"] == "alone") & ~own["parameter_value"].isin(kept["parameter_value"])]
    style = {"linestyle": "none", "markersize": 3}
    if len(left):
        axis.plot(left["parameter_value"], left["coefficient"], "x", color=DROPPED, label="dropped", **style)
    axis.plot(kept["parameter_value"], kept["coefficient"], MARKERS[0], color=KEPT, label="kept", **style)
    if "standard_error" in kept:
        bars = {"fmt": "none", "ecolor": KEPT, "elinewidth": 0.5, "label": "standard error"}
        axis.errorbar(kept["parameter_value"], kept["coefficient"], kept["standard_error"], **bars)
    return kept["coefficient"]


def _scale(axis, kept: float, curve: float) -> None:
    if curve > LEAVES * kept:
        axis.set_yscale("symlog", linthresh=10.0 ** np.ceil(np.log10(kept)))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_joining(
            coefficients=snakemake.input.coefficients,
            points=dict(zip(snakemake.params.joined, snakemake.input.points)),
            verdicts=snakemake.input.verdicts,
            dataset=snakemake.wildcards.dataset,
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

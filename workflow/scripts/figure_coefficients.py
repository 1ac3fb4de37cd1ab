"""Draw OAT coefficients over the parameter: every experiment's own and the joined curves (N2)."""

from itertools import cycle
from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.style import BLUE, GREEN, MARKERS, ORANGE, VERMILION, grid, legend, log_parameter, save
from eqlearn.tables import read_table

COLOURS = (BLUE, GREEN, ORANGE, VERMILION)
DASHES = ("solid", (0, (5, 2)), (0, (3, 1, 1, 1)), (0, (1, 1)))

FRAMED = 0.1  # share of the largest parameter value above which the curves fit into the frame


def figure_coefficients(
    *,
    coefficients: dict[str, Path],
    points: dict[str, Path],
    learner: str,
    labels: dict[str, str],
    svg: Path,
    png: Path,
) -> None:
    """One row per dataset, one panel per term of the equation from the most experiments.

    ``coefficients``: joined curves; ``points``: coefficients per parameter value; both by dataset.
    """
    text = ["learner", "experiments", "coefficient"]
    joined = {name: read_table(path, ["parameter_value", "value"], text) for name, path in coefficients.items()}
    joined = {name: table[table["learner"] == learner] for name, table in joined.items()}
    columns = ["parameter_value", "power", "coefficient"]
    single = {name: read_table(path, columns, ["model"]) for name, path in points.items()}
    terms = {name: _terms(table) for name, table in joined.items()}
    figure, axes = grid(len(joined), max(map(len, terms.values())))
    for row, (name, table) in zip(axes, joined.items()):
        for axis, term in zip(row, terms[name]):
            _draw(axis, table, single[name], term)
            axis.set_title(f"{name}, {labels['state_symbol']}" + (f"$^{{{term[1:]}}}$" if term != "c1" else ""))
            log_parameter(axis)
            axis.set_xlabel(labels["parameter"])
        for axis in row[len(terms[name]) :]:
            axis.set_axis_off()
        row[0].set_ylabel(labels["coefficient"])
    legend(figure, [axis for row in axes for axis in row])
    save(figure, svg, png)


def _numbers(table) -> list[str]:
    """Numbers of experiments, most first."""
    return sorted(set(table["experiments"]), key=int, reverse=True)


def _terms(table) -> list[str]:
    """Coefficient names of the equation from the most experiments, by power."""
    most = table[table["experiments"] == _numbers(table)[0]]
    return sorted(set(most["coefficient"]), key=lambda name: int(name[1:]))


def _draw(axis, table, points, term: str) -> None:
    common = points[(points["model"] == "common") & (points["power"] == int(term[1:]))]
    style = {"markersize": 1.5, "linestyle": "none", "zorder": 1, "color": "0.7", "label": "each value"}
    axis.plot(common["parameter_value"], common["coefficient"], MARKERS[0], **style)
    for n, colour, dashes in zip(_numbers(table), cycle(COLOURS), cycle(DASHES)):
        rows = table[(table["experiments"] == n) & (table["coefficient"] == term)]
        if len(rows):
            axis.plot(rows["parameter_value"], rows["value"], color=colour, ls=dashes, label=f"{n} experiments")
    large = table["parameter_value"] >= FRAMED * table["parameter_value"].max()
    _focus(axis, table.loc[large & (table["coefficient"] == term), "value"])


def _focus(axis, values) -> None:
    """Frame the joined curves at large parameter values; single experiments scatter far beyond where they determine
    little, and so do polynomials in p, divided by p, at small values."""
    low, high = values.min(), values.max()
    margin = 0.5 * (high - low) + 0.05 * max(abs(low), abs(high))
    axis.set_ylim(low - margin, high + margin)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_coefficients(
            coefficients=dict(zip(snakemake.params.datasets, snakemake.input.coefficients)),
            points=dict(zip(snakemake.params.datasets, snakemake.input.points)),
            learner=snakemake.params.learner,
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

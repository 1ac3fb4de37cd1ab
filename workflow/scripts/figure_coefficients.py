"""Draw coefficients over the parameter: every experiment's own, where there is one, and the learned curves (N2, N3)."""

import re
from itertools import cycle
from pathlib import Path
from textwrap import wrap

from eqlearn.job import logged_to
from eqlearn.style import (
    COUNT_COLOURS,
    COUNT_DASHES,
    MARKERS,
    PANEL,
    grid,
    legend,
    log_parameter,
    mark_unsupported,
    power_text,
    save,
)
from eqlearn.support import unsupported
from eqlearn.tables import read_table

TITLE = 22  # characters in a line above a panel
WIDTH = 11.5  # inches for the panels of a row
FRAMED = 0.1  # share of the largest parameter value above which the curves fit into the frame


def figure_coefficients(
    *,
    coefficients: dict[str, Path],
    points: dict[str, Path],
    verdicts: Path,
    learner: str,
    labels: dict[str, str],
    svg: Path,
    png: Path,
) -> None:
    """One row per dataset, one panel per term of any of the learner's equations.

    ``coefficients``: curves of the equations; ``points``: coefficients per parameter value, of learners that have them;
    both by dataset; ``verdicts`` on the equations.
    """
    text = ["learner", "experiments", "coefficient"]
    curves = {name: read_table(path, ["parameter_value", "value"], text) for name, path in coefficients.items()}
    curves = {name: table[table["learner"] == learner] for name, table in curves.items()}
    columns = ["parameter_value", "power", "coefficient"]
    single = {name: read_table(path, columns, ["model"]) for name, path in points.items()}
    terms = {name: sorted(set(table["coefficient"]), key=_order) for name, table in curves.items()}
    most = max(1, *map(len, terms.values()))
    figure, axes = grid(len(curves), most, (min(PANEL[0], WIDTH / most), PANEL[1]))
    refuted = unsupported(verdicts)
    for row, (name, table) in zip(axes, curves.items()):
        numbers = sorted({n for dataset, own, n in refuted if (dataset, own) == (name, learner)}, key=int, reverse=True)
        for axis, term in zip(row, terms[name]):
            _draw(axis, table, single.get(name), term)
            mark_unsupported(axis, [f"{n} experiments" for n in numbers])
            axis.set_title(_title(labels["state_symbol"], term))
            log_parameter(axis)
            axis.set_xlabel(labels["parameter"].replace(" (", "\n("))  # panels may be narrow
        for axis in row[len(terms[name]) :]:
            axis.set_axis_off()
        row[0].set_ylabel(f"{name}\n{labels['coefficient']}")
    legend(figure, [axis for row in axes for axis in row])
    save(figure, svg, png)


def _power(term: str) -> int | None:
    """Power of the state; None for a term of an equation that is no polynomial."""
    return int(term[1:]) if re.fullmatch(r"c\d+", term) else None


def _order(term: str) -> tuple[bool, int, str]:
    return _power(term) is None, _power(term) or 0, term


def _title(symbol: str, term: str) -> str:
    power = _power(term)
    return "\n".join(wrap(term, TITLE)) if power is None else power_text(symbol, power)


def _draw(axis, table, points, term: str) -> None:
    if points is not None and _power(term) is not None:
        common = points[(points["model"] == "common") & (points["power"] == _power(term))]
        style = {"markersize": 1.5, "linestyle": "none", "zorder": 1, "color": "0.7", "label": "each value"}
        axis.plot(common["parameter_value"], common["coefficient"], MARKERS[0], **style)
    numbers = sorted(set(table["experiments"]), key=int, reverse=True)
    for n, colour, dashes in zip(numbers, cycle(COUNT_COLOURS), cycle(COUNT_DASHES)):
        rows = table[(table["experiments"] == n) & (table["coefficient"] == term)]
        if len(rows):
            axis.plot(rows["parameter_value"], rows["value"], color=colour, ls=dashes, label=f"{n} experiments")
    large = table["parameter_value"] >= FRAMED * table["parameter_value"].max()
    _focus(axis, table.loc[large & (table["coefficient"] == term), "value"])


def _focus(axis, values) -> None:
    """Frame the curves at large parameter values; single experiments scatter far beyond where they determine little,
    and so do polynomials in p, divided by p, at small values."""
    low, high = values.min(), values.max()
    margin = 0.5 * (high - low) + 0.05 * max(abs(low), abs(high))
    axis.set_ylim(low - margin, high + margin)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_coefficients(
            coefficients=dict(zip(snakemake.params.datasets, snakemake.input.coefficients)),
            points=dict(zip(snakemake.params.datasets, snakemake.input.points)),
            verdicts=snakemake.input.verdicts,
            learner=snakemake.params.learner,
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

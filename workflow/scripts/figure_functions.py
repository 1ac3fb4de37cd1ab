"""Draw functions and their varying coefficients, true and learned (paper B, Figs. 2 and 7)."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, grid, legend, mark_unsupported, save
from eqlearn.support import unsupported
from eqlearn.tables import read_table

KEYS = ["function", "noise", "seed"]
MOST = 8  # rows of panels


def figure_functions(
    *,
    coefficients: Path,
    curves: Path,
    verdicts: Path,
    functions: dict[str, dict],
    learned_on: float,
    svg: Path,
    png: Path,
) -> None:
    """One row per dataset: the function at every example, then every coefficient over the parameter; ``functions``:
    function, noise and seed by dataset, for the ``verdicts`` on the equations."""
    names = {tuple(own[key] for key in KEYS): name for name, own in functions.items()}
    refuted = unsupported(verdicts)
    text = ["function", "learner", "equation"]
    lines = _shown(read_table(curves, ["parameter_value", "feature", "target", "noise", "seed"], text))
    factors = _shown(read_table(coefficients, ["parameter_value", "value", "noise", "seed"], [*text, "quantity"]))
    datasets = list(lines.groupby(KEYS, sort=False))[:MOST]
    values = sorted(set(lines["parameter_value"]))
    quantities = {key: _quantities(factors, key) for key, _ in datasets}
    figure, axes = grid(len(datasets), len(values) + max(map(len, quantities.values())), (1.9, 1.6))
    for row, (key, table) in zip(axes, datasets):
        marked = [LEARNERS[learner][0] for name, learner, _ in sorted(refuted) if name == names[key]]
        for axis, value in zip(row, values):
            _draw(axis, table[table["parameter_value"] == value], "feature", "target")
            mark_unsupported(axis, marked)
            axis.axvspan(-learned_on, learned_on, color="white", zorder=0)
            axis.set_facecolor("0.95")
            axis.set_title(f"{_name(key)}, t = {value:.3g}")
        for axis, quantity in zip(row[len(values) :], quantities[key]):
            _draw(axis, _of(factors, key, quantity), "parameter_value", "value")
            axis.set_title(_label(quantity))
            _level(axis)
        for axis in row[len(values) + len(quantities[key]) :]:
            axis.set_axis_off()
        row[0].set_ylabel("y (1)")
    for k, column in enumerate(zip(*axes)):
        lowest = [axis for axis in column if axis.axison][-1]
        lowest.set_xlabel("x (1)" if k < len(values) else "parameter t (1)")
    legend(figure, axes[0])
    save(figure, svg, png)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """The true equations, and of every learner the one that its protocol reports."""
    published = table["learner"].str.endswith(".published")
    kind = published.map({True: "trained", False: "refined"})
    return table[(table["equation"] == "true") | (table["equation"] == kind)]


def _of(factors: pd.DataFrame, key: tuple, quantity: str) -> pd.DataFrame:
    return factors[(factors[KEYS] == list(key)).all(axis=1) & (factors["quantity"] == quantity)]


def _quantities(factors: pd.DataFrame, key: tuple) -> list[str]:
    """The factors of the true terms."""
    own = factors[(factors[KEYS] == list(key)).all(axis=1) & (factors["equation"] == "true")]
    return list(dict.fromkeys(own["quantity"]))


def _name(key: tuple) -> str:
    return key[0] + (f", {100 * key[1]:g} % noise" if key[1] else "") + (f", seed {key[2]:g}" if key[2] else "")


def _label(quantity: str) -> str:
    skeleton, _, number = quantity.rpartition(" factor ")
    place = "coefficient of" if number == "0" else "coefficient inside" + f" ({number})" * (number != "1")
    return f"{place} {skeleton.replace('_*', '').replace('**', '^')}"


def _level(axis) -> None:
    """A scale of a tenth about a constant, which round-off would fill with steps of its own."""
    low, high = axis.dataLim.intervaly
    if high and high - low <= 1e-6 * abs(high):
        axis.set_ylim(sorted((0.95 * high, 1.05 * high)))


def _draw(axis, table: pd.DataFrame, x: str, y: str) -> None:
    true = table[table["equation"] == "true"].drop_duplicates(x)
    axis.plot(true[x], true[y], color="0.7", linewidth=4, label="true")
    for learner, rows in table[table["equation"] != "true"].groupby("learner", sort=False):
        name, colour, dashes = LEARNERS[learner]
        axis.plot(rows[x], rows[y], color=colour, linestyle=dashes, label=name)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_functions(
            coefficients=snakemake.input.coefficients,
            curves=snakemake.input.curves,
            verdicts=snakemake.input.verdicts,
            functions=snakemake.params.functions,
            learned_on=snakemake.params.learned_on["train"],
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

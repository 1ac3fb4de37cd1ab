"""Draw the varying coefficients of partial differential equations, true and learned (paper B, Fig. 3)."""

from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.references import TRUE
from eqlearn.style import LEARNERS, equation_text, grid, legend, mark_unsupported, save
from eqlearn.support import unsupported
from eqlearn.tables import read_table

KEYS = ["equation", "grid", "noise", "seed"]
MOST = 8  # rows of panels


def figure_pde_coefficients(
    *, coefficients: Path, verdicts: Path, functions: dict[str, dict], svg: Path, png: Path
) -> None:
    """One row per dataset, one column per true term; ``functions``: equation, grid, noise and seed by dataset, for the
    ``verdicts`` on the equations."""
    names = {tuple(own[key] for key in KEYS): name for name, own in functions.items()}
    refuted = unsupported(verdicts)
    text = ["equation", "grid", "learner", "term", "coordinate"]
    table = read_table(coefficients, ["parameter_value", "value", "noise", "seed"], text)
    datasets = list(table.groupby(KEYS, sort=False))[:MOST]
    terms = {key: list(dict.fromkeys(rows.loc[rows["learner"] == TRUE, "term"])) for key, rows in datasets}
    figure, axes = grid(len(datasets), max(map(len, terms.values())), (2.3, 1.75))
    for row, (key, rows) in zip(axes, datasets):
        marked = [LEARNERS[learner][0] for name, learner, _ in sorted(refuted) if name == names[key]]
        for axis, term in zip(row, terms[key]):
            _draw(axis, rows[rows["term"] == term])
            mark_unsupported(axis, marked)
            axis.set_title(f"{_label(key)}: {term.replace('*', '·')}")
            axis.set_xlabel(f"{rows['coordinate'].iloc[0]} (1)")
        row[0].set_ylabel("coefficient (1)")
        for axis in row[len(terms[key]) :]:
            axis.set_axis_off()
    legend(figure, [axis for row in axes for axis in row if axis.axison])
    save(figure, svg, png)


def _label(key: tuple) -> str:
    equation, size, noise, seed = key
    more = (f", {100 * noise:g} % noise" if noise else "") + (f", seed {seed:g}" if seed else "")
    return f"{equation_text(equation)}\n{size.replace('x', '×')}{more}"


def _draw(axis, rows) -> None:
    true = rows[rows["learner"] == TRUE]
    axis.plot(true["parameter_value"], true["value"], color="0.7", linewidth=4, label="true")
    for learner, own in rows[rows["learner"] != TRUE].groupby("learner", sort=False):
        name, colour, dashes = LEARNERS[learner]
        axis.plot(own["parameter_value"], own["value"], color=colour, linestyle=dashes, label=name)
    margin = 0.3 * max(float(true["value"].max() - true["value"].min()), 0.2 * float(true["value"].abs().max()))
    axis.set_ylim(true["value"].min() - margin, true["value"].max() + margin)  # a wrong equation may lie far outside


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_pde_coefficients(
            functions=snakemake.params.functions, **dict(snakemake.input.items()), **dict(snakemake.output.items())
        )

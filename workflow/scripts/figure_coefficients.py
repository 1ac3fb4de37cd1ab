"""Draw OAT coefficients over the parameter: every experiment's own and the joined curves (N2)."""

from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.style import BLACK, BLUE, GREEN, MARKERS, ORANGE, VERMILION, grid, legend, log_parameter, save
from eqlearn.tables import read_table

COLOURS = (BLUE, GREEN, ORANGE, VERMILION)
DASHES = ("solid", (0, (5, 2)), (0, (3, 1, 1, 1)), (0, (1, 1)))


def figure_coefficients(
    *, coefficients: dict[str, Path], points: dict[str, Path], learner: str, svg: Path, png: Path
) -> None:
    """One row per dataset, one column per term; ``points`` are tables per parameter value."""
    joined = {
        n: read_table(p, ["parameter_value", "value"], ["learner", "experiments", "coefficient"])
        for n, p in coefficients.items()
    }
    single = {n: read_table(p, ["parameter_value", "power", "coefficient"], ["model"]) for n, p in points.items()}
    joined = {name: table[table["learner"] == learner] for name, table in joined.items()}
    names = sorted({c for table in joined.values() for c in table["coefficient"]}, key=lambda c: int(c[1:]))
    figure, axes = grid(len(joined), len(names), sharex=True)
    for row, (name, table) in zip(axes, joined.items()):
        for axis, coefficient in zip(row, names):
            _draw(axis, table[table["coefficient"] == coefficient], single[name], int(coefficient[1:]))
            power = coefficient[1:]
            axis.set_title(f"{name}, " + (f"$C^{{{power}}}$" if power != "1" else "$C$"))
        row[0].set_ylabel(r"coefficient in $dC/d(r_p t)$ (1)")
    for axis in axes[-1]:
        log_parameter(axis)
        axis.set_xlabel(r"proliferation rate $r_p$ (1/time)")
    legend(figure, [axis for row in axes for axis in row])
    save(figure, svg, png)


def _draw(axis, curves, points, power: int) -> None:
    common = points[(points["model"] == "common") & (points["power"] == power)]
    if len(curves):
        style = {"markersize": 1.5, "linestyle": "none", "zorder": 1, "color": "0.7"}
        axis.plot(common["parameter_value"], common["coefficient"], MARKERS[0], label="each rate", **style)
        _focus(axis, curves["value"])
    order = sorted(set(curves["experiments"]), key=int, reverse=True)
    for n, colour, dashes in zip(order, COLOURS, DASHES):
        rows = curves[curves["experiments"] == n]
        axis.plot(rows["parameter_value"], rows["value"], color=colour, linestyle=dashes, label=f"{n} experiments")
    if not len(curves):
        axis.text(0.5, 0.5, "not in the equation", transform=axis.transAxes, ha="center", color=BLACK)
        axis.set_yticks([])


def _focus(axis, values) -> None:
    """Frame the joined curves; single experiments scatter far beyond where they determine little."""
    low, high = values.min(), values.max()
    margin = 0.5 * (high - low) + 0.05 * max(abs(low), abs(high))
    axis.set_ylim(low - margin, high + margin)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_coefficients(
            coefficients=dict(zip(snakemake.params.datasets, snakemake.input.coefficients)),
            points=dict(zip(snakemake.params.datasets, snakemake.input.points)),
            learner=snakemake.params.learner,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

"""Draw the trajectory error over the parameter, by number of experiments (N6)."""

from pathlib import Path

from eqlearn.error_panels import error_panels
from eqlearn.job import logged_to
from eqlearn.style import BLACK, LEARNERS, mark_unsupported
from eqlearn.support import unsupported


def figure_trajectory_errors(
    *,
    errors: dict[str, Path],
    verdicts: Path,
    sampled: dict[str, list[float]],
    labels: dict[str, str],
    svg: Path,
    png: Path,
) -> None:
    """One row per dataset, one column per number of experiments, whose ``sampled`` parameter values are marked, and so
    are the equations that ``verdicts`` say no to."""
    refuted = unsupported(verdicts)

    def draw(axis, table, experiments: str, dataset: str) -> None:
        _draw(axis, table, experiments, sampled[experiments])
        mark_unsupported(axis, [LEARNERS[own][0] for own in LEARNERS if (dataset, own, experiments) in refuted])

    error_panels(errors, sampled, draw, "{dataset}\n{column} experiments", labels, (svg, png))


def _draw(axis, table, experiments: str, values: list[float]) -> None:
    for learner, (name, colour, dashes) in LEARNERS.items():
        rows = table[table["learner"] == learner]
        if learner != "mean_field.theory" and not learner.endswith(".alone"):
            rows = rows[rows["experiments"] == experiments]
        if len(rows):
            axis.plot(rows["parameter_value"], rows["mse"], color=colour, linestyle=dashes, lw=0.9, label=name)
    rugs = {"linestyle": "none", "marker": "|", "color": BLACK, "markersize": 5, "markeredgewidth": 0.5}
    axis.plot(values, [0.02] * len(values), transform=axis.get_xaxis_transform(), label="sampled values", **rugs)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_trajectory_errors(
            errors=dict(zip(snakemake.params.datasets, snakemake.input.errors)),
            verdicts=snakemake.input.verdicts,
            sampled={str(n): values for n, values in snakemake.params.sampled.items()},
            labels=snakemake.params.labels,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

"""Draw predictions, varying coefficients and latent variables of a dataset of images (paper B, Figs. 5 and 6)."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.job import logged_to
from eqlearn.style import LEARNERS, grid, legend, mark_unsupported, save
from eqlearn.support import unsupported
from eqlearn.tables import read_table

PANEL = (2.0, 1.75)
TURNS = 5  # a curve whose total variation is so many times its range is none


def figure_springs(
    *,
    predictions: Path,
    coefficients: Path,
    encodings: Path,
    verdicts: Path,
    dataset: str,
    task: str,
    seed: int,
    learned_on: float | None,
    svg: Path,
    png: Path,
) -> None:
    """Above: the target over the difference of the positions at every example, a panel per t; where it is no function
    of that, over the true target. Below: the coefficients over the parameter, then the latent variable over the
    position, a panel per learner. ``verdicts`` on the equations of the ``dataset`` are marked."""

    def own(path: Path, numeric: list[str], text: list[str]) -> pd.DataFrame:
        table = read_table(path, [*numeric, "seed"], ["task", "learner", *text])
        return table[(table["task"] == task) & (table["seed"] == seed)]

    points = own(predictions, ["parameter_value", "difference", "true", "predicted"], [])
    curves = own(coefficients, ["parameter_value", "value"], ["quantity", "space"])
    latent = own(encodings, ["position", "latent"], [])
    values, learners = sorted(set(points["parameter_value"])), list(dict.fromkeys(latent["learner"]))
    figure, axes = grid(2, max(len(values), 1 + len(learners)), PANEL)
    over = "difference" if all(_curve(rows) for _, rows in points.groupby("parameter_value")) else "true"
    for axis, value in zip(axes[0], values):
        _predicted(axis, points[points["parameter_value"] == value], over, learned_on)
        axis.set_title(f"t = {value:.3g}")
        axis.set_xlabel("ψ2 − ψ1 (1)" if over == "difference" else f"true {task} (1)")
    axes[0][0].set_ylabel(f"{task} (1)")
    _coefficients(axes[1][0], curves)
    refuted = unsupported(verdicts)
    for axis in (*axes[0][: len(values)], axes[1][0]):
        mark_unsupported(axis, [LEARNERS[own][0] for own in learners if (dataset, own, "all") in refuted])
    for axis, learner in zip(axes[1][1:], learners):
        _latent(axis, latent[latent["learner"] == learner], learner)
    for axis in [*axes[0][len(values) :], *axes[1][1 + len(learners) :]]:
        axis.set_axis_off()
    legend(figure, [axes[0][0], axes[1][0]])
    save(figure, svg, png)


def _curve(table: pd.DataFrame) -> bool:
    """Whether the true target is a function of the difference of the positions."""
    true = table.sort_values("difference")["true"]
    return bool(true.diff().abs().sum() < TURNS * np.ptp(true))


def _predicted(axis, table: pd.DataFrame, over: str, learned_on: float | None) -> None:
    true = table.drop_duplicates(over).sort_values(over)
    axis.plot(true[over], true["true"], color="0.7", linewidth=4, label="true")
    for k, (learner, rows) in enumerate(table.groupby("learner", sort=False)):
        name, colour, _ = LEARNERS[learner]
        # The equation, which comes first, is not hidden by the baseline.
        axis.plot(rows[over], rows["predicted"], ".", markersize=2, color=colour, label=name, zorder=4 - k)
    if learned_on is not None and over == "difference":
        axis.axvspan(-learned_on, learned_on, color="white", zorder=0)
        axis.set_facecolor("0.95")


def _coefficients(axis, table: pd.DataFrame) -> None:
    """One curve per term; terms whose true coefficients are the same share a label."""
    labels: dict[tuple[float, ...], list[str]] = {}
    true = table[table["space"] == "true"].drop_duplicates(["quantity", "parameter_value"])
    for quantity, rows in true.groupby("quantity", sort=False):
        axis.plot(rows["parameter_value"], rows["value"], color="0.7", linewidth=4, label="true")
        labels.setdefault(tuple(rows["value"].round(9)), []).append(_label(quantity))
    for values, names in labels.items():
        place = {"xytext": (6, 10 if values[-1] < values[0] else -14), "textcoords": "offset points"}
        axis.annotate(", ".join(names), (true["parameter_value"].min(), values[0]), fontsize=7, **place)
    for (learner, _), rows in table[table["space"] == "physical"].groupby(["learner", "quantity"], sort=False):
        name, colour, dashes = LEARNERS[learner]
        axis.plot(rows["parameter_value"], rows["value"], color=colour, linestyle=dashes, label=name)
    axis.margins(y=0.3)
    axis.set_xlabel("parameter t (1)")
    axis.set_ylabel("coefficient (1)")
    axis.set_title("coefficients")


def _label(quantity: str) -> str:
    return quantity.removesuffix(" factor 0").replace("psi", "ψ").replace("**2", "²").replace("*", "·")


def _latent(axis, table: pd.DataFrame, learner: str) -> None:
    name, colour, _ = LEARNERS[learner]
    fresh = table[~table["trained_on"].astype(bool)].sort_values("position")
    slope, intercept = np.polyfit(fresh["position"], fresh["latent"], 1)
    axis.plot(fresh["position"], slope * fresh["position"] + intercept, color="0.7", linewidth=4)
    axis.plot(fresh["position"], fresh["latent"], ".", markersize=2, color=colour)
    axis.set_xlabel("position ψ (1)")
    axis.set_ylabel("latent variable z (1)")
    axis.set_title(f"latent, {name}")


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_springs(
            dataset=snakemake.params.dataset,
            task=snakemake.params.task,
            seed=snakemake.params.seed,
            learned_on=snakemake.params.learned_on["train"],
            **dict(snakemake.input.items()),
            **dict(snakemake.output.items()),
        )

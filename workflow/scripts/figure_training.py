"""Draw loss and open gates of every training, with the terms of the equation that was read."""

from pathlib import Path

import numpy as np
from eqlearn.job import logged_to
from eqlearn.networks.trained import read_trained
from eqlearn.style import LEARNERS, grid, save
from eqlearn.tables import read_table

MOST = 8  # rows of panels
WIDEST = 24  # letters of a title
TERMS = ["structure", "structure_trained"]
QUANTITIES = ("mean squared error (1)", "open gates")


def figure_training(
    *, networks: dict[tuple[str, str], Path], trials: dict[tuple[str, str], Path], svg: Path, png: Path
) -> None:
    """One row per dataset; per learner the loss and the open gates of all trials. Files by (dataset, learner)."""
    learners = list(dict.fromkeys(learner for _, learner in networks))
    datasets = list(dict.fromkeys(name for name, _ in networks))[:MOST]
    figure, axes = grid(len(datasets), 2 * len(learners), sharex=True)
    for row, name in zip(axes, datasets):
        for k, learner in enumerate(learners):
            table = read_table(trials[name, learner], ["trial"], TERMS)
            chosen = table[table["chosen"]]
            history = read_trained(networks[name, learner]).history
            for axis, values, quantity in zip(row[2 * k :], np.moveaxis(history, 1, 0), QUANTITIES):
                _draw(axis, values, chosen["trial"].astype(int).tolist(), LEARNERS[learner][1])
                axis.set_ylabel(quantity)
            row[2 * k].set_yscale("log")
            row[2 * k].set_title(f"{name}, {LEARNERS[learner][0]}")
            row[2 * k + 1].set_title(_terms(chosen[TERMS].stack().dropna().tolist()))
    for axis in axes[-1]:
        axis.set_xlabel("share of the training (1)")
    save(figure, svg, png)


def _terms(structures: list[str]) -> str:
    """The refined structure, or that as trained where nothing was refined, in short."""
    if not structures:
        return "nothing read"
    text = structures[0].replace("_*", "c·").replace("**", "^")
    return f"read: {text if len(text) <= WIDEST else text[:WIDEST] + ' …'}"


def _draw(axis, values: np.ndarray, chosen: list[int], colour: str) -> None:
    """One line per trial (records, T), the chosen one in colour."""
    progress = np.linspace(0, 1, len(values) + 1)[1:]
    for trial, line in enumerate(values.T):
        own = trial in chosen
        axis.plot(progress, line, color=colour if own else "0.75", linewidth=1.3 if own else 0.8, zorder=1 + own)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        labels = [tuple(label) for label in snakemake.params.labels]
        figure_training(
            networks=dict(zip(labels, snakemake.input.networks)),
            trials=dict(zip(labels, snakemake.input.trials)),
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )

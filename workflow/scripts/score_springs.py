"""Score what was learned of images of particles: errors inside and outside of the training domain, coefficients."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn import springs_scores as springs
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.datasets.springs import task_of
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.netcdf import read_netcdf
from eqlearn.networks.latent import read_latent
from eqlearn.networks.scores import coefficients as coefficient_rows
from eqlearn.springs_scores import Learned
from eqlearn.tables import read_table, write_table

Files = dict[str, Path]


def score_springs(
    *,
    learned: dict[tuple[str, str], Files],
    tasks: dict[str, dict],
    definitions: dict,
    examples: list[int],
    scores: Path,
    coefficients: Path,
    predictions: Path,
    encodings: Path,
    equations: Path,
) -> None:
    """Write five tables. ``learned``: files by dataset and ``network.protocol``: dataset, physical, latent, and either
    over_latent and trials, or those of the baseline, predicted and trials; ``tasks``: task and seed by dataset;
    ``examples``: rows of the parameter values shown."""
    tables: dict[Path, list[pd.DataFrame]] = {}
    for (name, learner), files in learned.items():
        data = read_dataset(files["dataset"])
        found = _read(files, data, tasks[name]["task"], definitions)
        key, values = {**tasks[name], "learner": learner}, np.unique(data.values)
        parts = {scores: pd.DataFrame([springs.score(found)]), predictions: springs.predictions(found, examples)}
        parts[encodings] = springs.encodings(found)
        parts[equations] = pd.DataFrame(springs.texts(found, data.values[examples]))
        spaces = {"true": found.truth, "physical": found.physical, "latent": found.over_latent or found.physical}
        parts[coefficients] = pd.concat(
            coefficient_rows(equation, values).assign(space=space)
            for space, equation in spaces.items()
            if equation.status == "read"
        )
        for path, part in parts.items():
            tables.setdefault(path, []).append(_keyed(part, key))
    for path, parts in tables.items():
        write_table(pd.concat(parts), path)


def _keyed(table: pd.DataFrame, key: dict) -> pd.DataFrame:
    """The table with the key in front."""
    return pd.concat([pd.DataFrame([key] * len(table), index=table.index), table], axis=1)


def _read(files: Files, data: ParametricDataset, task: str, definitions: dict) -> Learned:
    truth, physical, latent = task_of(task, definitions), read_equation(files["physical"]), read_latent(files["latent"])
    if "predicted" in files:
        errors = read_table(files["trials"], ["held_out_scaled"])["held_out_scaled"]
        trial = int(errors.argmin())
        target = read_netcdf(files["predicted"])["target"].values[trial]
        return Learned(data, truth, physical, None, latent, trial, target)
    trial = int(physical.provenance["encoder"].get("trial", 0))
    return Learned(data, truth, physical, read_equation(files["over_latent"]), latent, trial)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        given, params = snakemake.input, snakemake.params
        files: dict[tuple[str, str], Files] = {}
        for role in ("physical", "latent"):
            for label, path in zip(params.labels, given[role]):
                files.setdefault(tuple(label), {})[role] = path
        for label, path in zip(params.read_labels, given.over_latent):
            files[tuple(label)]["over_latent"] = path
        for label, predicted, trials in zip(params.baselines, given.predicted, given.trials):
            files[tuple(label)] |= {"predicted": predicted, "trials": trials}
        datasets = dict(zip(params.tasks, given.datasets))
        score_springs(
            learned={label: {"dataset": datasets[label[0]], **own} for label, own in files.items()},
            tasks=params.tasks,
            definitions=params.definitions,
            examples=params.examples,
            **dict(snakemake.output.items()),
        )

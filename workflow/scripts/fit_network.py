"""Learn one equation from trajectories by a network, which proposes its terms (SEQL, HEQL)."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import torch
from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out import judged
from eqlearn.job import logged_to
from eqlearn.learners import network_study
from eqlearn.networks.fitting import NetworkSettings
from eqlearn.networks.network import Initial
from eqlearn.networks.trained import write_trained
from eqlearn.networks.training import Schedule
from eqlearn.origin import origin
from eqlearn.tables import write_table
from eqlearn.verdict import Limits
from tqdm import tqdm


def fit_network(
    *,
    dataset: Path,
    equation: Path,
    per_parameter: Path,
    network: Path,
    trials: Path,
    learner: str,
    values: list[float],
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the equation, a table of its fit at each parameter value, the trained network, and a table of its trials;
    ``learner`` is ``network.protocol``; ``verdict``: changes to ``Limits``."""
    whole = read_dataset(dataset)
    data = whole.at(values)
    provenance = origin(settings, code, learner=learner, dataset=data.name, dataset_digest=data.digest())
    training = Schedule(**settings["training"], initial=Initial(**settings["initial"]))
    chosen = {key: settings[key] for key in settings if key not in ("training", "initial", "device", "threads")}
    torch.set_num_threads(settings["threads"])
    found = network_study.learn(
        data,
        NetworkSettings(learner.split(".")[0], training=training, **chosen),
        f"{data.name}|{learner}|{len(values)}",
        provenance,
        settings["device"],
        partial(tqdm, mininterval=5),
    )
    write_trained(found.trained, network)
    write_table(found.trials, trials)
    write_table(found.learned.per_parameter, per_parameter)
    learned = found.learned
    write_equation(judged(learned.equation, data, learned.refit, Limits(**verdict), whole), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_network(
            dataset=snakemake.input.dataset,
            learner=snakemake.params.learner,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
            **dict(snakemake.output.items()),
        )

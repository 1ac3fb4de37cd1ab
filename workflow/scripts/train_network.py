"""Train all trials of an equation learner network on one dataset."""

from functools import partial
from pathlib import Path

import torch
from eqlearn.dataset import read_dataset
from eqlearn.files import digest
from eqlearn.job import logged_to
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.network import Initial
from eqlearn.networks.partition import with_features
from eqlearn.networks.trained import write_trained
from eqlearn.networks.training import Schedule
from eqlearn.networks.trials import Keeper
from eqlearn.origin import as_attributes, origin
from eqlearn.tables import write_table
from tqdm import tqdm


def train_network(
    *, dataset: Path, network: Path, trials: Path, checkpoint: Path, learner: str, settings: dict, code: dict
) -> None:
    """Write the trained network and a table of its trials; ``learner`` is ``network.protocol``."""
    data = read_dataset(dataset)
    provenance = origin(settings, code, learner=learner, dataset=data.name, dataset_digest=data.digest())
    training = dict(settings["training"])
    schedule = Schedule(**training, initial=Initial(**settings["initial"]))
    elsewhere = ("training", "initial", "device", "threads", "features")
    chosen = {key: settings[key] for key in settings if key not in elsewhere}
    torch.set_num_threads(settings["threads"])
    keeper = Keeper(Path(checkpoint), digest(provenance))
    trained, table = fit_network(
        with_features(data, settings.get("features")),
        NetworkSettings(learner.split(".")[0], training=schedule, **chosen),
        f"{data.name}|{learner}",
        settings["device"],
        partial(tqdm, desc="epochs", mininterval=5),
        keeper,
        as_attributes(provenance),
    )
    write_table(table, trials)
    write_trained(trained, network)
    keeper.path.unlink(missing_ok=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        train_network(
            dataset=snakemake.input.dataset,
            network=snakemake.output.network,
            trials=snakemake.output.trials,
            checkpoint=snakemake.params.checkpoint,
            learner=snakemake.params.learner,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

"""Train all trials of an encoder with an equation learner network behind it, end to end on images."""

from functools import partial
from pathlib import Path

import torch
from eqlearn.camera import Camera
from eqlearn.dataset import read_dataset
from eqlearn.files import digest
from eqlearn.job import logged_to
from eqlearn.networks.encoder_file import write_encoder
from eqlearn.networks.fitting import NetworkSettings
from eqlearn.networks.image_fitting import fit_images
from eqlearn.networks.latent import write_latent
from eqlearn.networks.network import Initial
from eqlearn.networks.trained import write_trained
from eqlearn.networks.training import Schedule
from eqlearn.networks.trials import Keeper
from eqlearn.origin import as_attributes, origin
from eqlearn.tables import write_table
from tqdm import tqdm

ELSEWHERE = ("training", "initial", "normalisation", "device", "threads")


def train_springs(
    *,
    dataset: Path,
    network: Path,
    encoder: Path,
    latent: Path,
    trials: Path,
    checkpoint: Path,
    learner: str,
    image: dict,
    settings: dict,
    code: dict,
) -> None:
    """Write the trained network, the encoder's weights, the latent variable of every image, and a table of trials;
    ``learner`` is ``network.protocol``, ``image``: how images are rendered."""
    data = read_dataset(dataset)
    more = {"learner": learner, "dataset": data.name, "dataset_digest": data.digest(), "image": dict(image)}
    provenance = origin(settings, code, **more)
    training = Schedule(**settings["training"], initial=Initial(**settings["initial"]))
    chosen = {key: value for key, value in settings.items() if key not in ELSEWHERE}
    torch.set_num_threads(settings["threads"])
    keeper = Keeper(Path(checkpoint), digest(provenance))
    found = fit_images(
        data,
        Camera(**image),
        NetworkSettings(learner.split(".")[0], training=training, **chosen),
        settings["normalisation"],
        f"{data.name}|{learner}",
        settings["device"],
        partial(tqdm, desc="epochs", mininterval=5),
        keeper,
        as_attributes(provenance),
    )
    write_table(found.table, trials)
    write_latent(found.latent, latent)
    write_encoder(found.encoder, settings["normalisation"], encoder)
    write_trained(found.trained, network)
    keeper.path.unlink(missing_ok=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        train_springs(
            dataset=snakemake.input.dataset,
            checkpoint=snakemake.params.checkpoint,
            learner=snakemake.params.learner,
            image=snakemake.params.image,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            **dict(snakemake.output.items()),
        )

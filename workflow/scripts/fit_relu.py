"""Train the ReLU baseline: the encoder with dense layers behind it, of which no equation can be read."""

from functools import partial
from pathlib import Path

import torch
import xarray as xr
from eqlearn.camera import Camera
from eqlearn.dataset import read_dataset
from eqlearn.equation import Equation, write_equation
from eqlearn.files import digest
from eqlearn.job import logged_to
from eqlearn.netcdf import write_netcdf
from eqlearn.networks.encoder_file import write_encoder
from eqlearn.networks.fitting import NetworkSettings
from eqlearn.networks.image_fitting import BASELINE, fit_images
from eqlearn.networks.latent import write_latent
from eqlearn.networks.training import Schedule
from eqlearn.networks.trials import Keeper
from eqlearn.origin import origin
from eqlearn.tables import write_table
from tqdm import tqdm

REASON = "a network of ReLU units has no equation"


def fit_relu(
    *,
    dataset: Path,
    equation: Path,
    predicted: Path,
    encoder: Path,
    latent: Path,
    trials: Path,
    checkpoint: Path,
    image: dict,
    settings: dict,
    code: dict,
) -> None:
    """Write an unread equation, the target predicted on test samples, the encoder's weights, the latent variable of
    every image, and a table of trials; ``image``: how images are rendered."""
    data, name = read_dataset(dataset), f"{BASELINE}.published"
    more = {"learner": name, "dataset": data.name, "dataset_digest": data.digest(), "image": dict(image)}
    provenance = origin(settings, code, **more)
    torch.set_num_threads(settings["threads"])
    keeper = Keeper(Path(checkpoint), digest(provenance))
    chosen = {key: settings[key] for key in ("trials", "held_out", "scale_target")}
    found = fit_images(
        data,
        Camera(**image),
        NetworkSettings(BASELINE, training=Schedule(**settings["training"]), **chosen),
        settings["normalisation"],
        f"{data.name}|{name}",
        settings["device"],
        partial(tqdm, desc="epochs", mininterval=5),
        keeper,
    )
    write_table(found.table, trials)
    write_latent(found.latent, latent)
    write_encoder(found.encoder, settings["normalisation"], encoder)
    write_netcdf(xr.Dataset({"target": (("trial", "parameter", "sample"), found.predicted)}), predicted)
    features = tuple(quantity.name for quantity in data.state)
    unread = Equation(None, features, data.parameter.name, data.rate.name, {}, None, provenance, "unread", REASON)
    write_equation(unread, equation)
    keeper.path.unlink(missing_ok=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_relu(
            dataset=snakemake.input.dataset,
            checkpoint=snakemake.params.checkpoint,
            image=snakemake.params.image,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            **dict(snakemake.output.items()),
        )

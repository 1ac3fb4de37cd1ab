"""Read the equation behind a trained encoder: as trained, and refined over latent variables and over positions."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.job import logged_to
from eqlearn.networks.encoder_file import encoder_digest
from eqlearn.networks.image_judging import judged_images
from eqlearn.networks.image_reading import equations, read_images
from eqlearn.networks.latent import read_latent
from eqlearn.networks.trained import read_trained
from eqlearn.origin import origin
from eqlearn.tables import read_table, write_table
from eqlearn.verdict import Limits
from tqdm import tqdm


def read_springs(
    *,
    dataset: Path,
    network: Path,
    encoder: Path,
    latent: Path,
    trials: Path,
    raw: Path,
    over_latent: Path,
    equation: Path,
    readings: Path,
    learner: str,
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the equation as trained, the refined ones over latent variables and over positions, and a table of trials.

    Equations name the encoder by the digest of its file, the trial, and the line between latent variable and position;
    ``verdict``: changes to ``Limits``.
    """
    data, trained, latents = read_dataset(dataset), read_trained(network), read_latent(latent)
    reading, table = settings["reading"], read_table(trials, ["trial"])
    sizes = (settings["held_out"], reading["samples"], reading["parameter_values"])
    found = read_images(trained, latents, data, table, *sizes, partial(tqdm, desc="trials", mininterval=5))
    trained_by = {key: trained.attributes[key] for key in ("dataset_digest", "code_digest", "settings", "image")}
    behind = {"file": Path(encoder).name, "digest": encoder_digest(encoder)}
    if found.trial is not None:
        line = found.lines[found.trial]
        behind |= {"trial": found.trial, "slope": line.slope, "intercept": line.intercept}
    more = {"learner": learner, "dataset": data.name, "trained": trained_by, "encoder": behind}
    provenance = origin(settings, code, **more)
    learned = equations(found, trained, data, provenance)
    whole = judged_images(learned, found, trained, latents, data, settings["held_out"], Limits(**verdict))
    for content, path in zip(whole, (raw, over_latent, equation)):
        write_equation(content, path)
    write_table(found.table, readings)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        read_springs(
            learner=snakemake.params.learner,
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
            **dict(snakemake.input.items()),
            **dict(snakemake.output.items()),
        )

"""Read the equation of a trained network: as trained, and refined, over all parameter values."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.job import logged_to
from eqlearn.networks import choosing
from eqlearn.networks.judging import judged_pair
from eqlearn.networks.partition import partition, with_features
from eqlearn.networks.trained import read_trained
from eqlearn.origin import origin
from eqlearn.tables import read_table, write_table
from eqlearn.verdict import Limits
from tqdm import tqdm


def read_network(
    *,
    dataset: Path,
    network: Path,
    trials: Path,
    raw: Path,
    equation: Path,
    readings: Path,
    learner: str,
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the equation as trained and the refined one, and a table of all trials;
    ``verdict``: changes to ``Limits``."""
    data = with_features(read_dataset(dataset), settings.get("features"))
    trained, table = read_trained(network), read_table(trials, ["trial"])
    parts = partition(data, settings["parameter_values"], settings["held_out"])
    progress = partial(tqdm, desc="trials", mininterval=5)
    chosen = choosing.read_network(trained, parts, table, choosing.ReadingSettings(**settings["reading"]), progress)
    trained_by = {key: trained.attributes[key] for key in ("dataset_digest", "code_digest", "settings")}
    provenance = origin(settings, code, learner=learner, dataset=data.name, trained=trained_by)
    pair = choosing.equations(chosen, trained, data, provenance)
    as_trained, refined = judged_pair(pair, chosen, trained, parts, Limits(**verdict))
    write_equation(as_trained, raw)
    write_equation(refined, equation)
    write_table(chosen.table, readings)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        given, output = snakemake.input, snakemake.output
        read_network(
            dataset=given.dataset,
            network=given.network,
            trials=given.trials,
            raw=output.raw,
            equation=output.equation,
            readings=output.readings,
            learner=snakemake.params.learner,
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )

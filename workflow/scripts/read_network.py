"""Read the equation of a trained network: as trained, and refined, over all parameter values."""

from functools import partial
from pathlib import Path

import numpy as np
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.equation import Equation, write_equation
from eqlearn.job import logged_to
from eqlearn.networks import choosing
from eqlearn.networks.form import Form
from eqlearn.networks.partition import partition
from eqlearn.networks.reading import to_equation, without_small
from eqlearn.networks.trained import read_trained
from eqlearn.origin import origin
from eqlearn.tables import read_table, write_table
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
) -> None:
    """Write the equation as trained and the refined one, and a table of all trials."""
    data, trained, table = read_dataset(dataset), read_trained(network), read_table(trials, ["trial"])
    parts = partition(data, settings["parameter_values"], settings["held_out"])
    progress = partial(tqdm, desc="trials", mininterval=5)
    chosen = choosing.read_network(trained, parts, table, choosing.ReadingSettings(**settings["reading"]), progress)
    trained_by = {key: trained.attributes[key] for key in ("dataset_digest", "code_digest", "settings")}
    provenance = origin(settings, code, learner=learner, dataset=data.name, trained=trained_by)
    small = chosen.raw and without_small(chosen.raw)
    write_equation(_equation(small, trained.values, chosen.reason, data, provenance), raw)
    write_equation(_equation(chosen.form, data.values, chosen.reason, data, provenance), equation)
    write_table(chosen.table, readings)


def _equation(
    form: Form | None, values: np.ndarray, reason: str | None, data: ParametricDataset, provenance: dict
) -> Equation:
    names = (data.parameter.name, data.rate.name)
    if form is not None:
        return to_equation(form, values, *names, provenance)
    features = tuple(quantity.name for quantity in data.state)
    return Equation(None, features, *names, {}, None, provenance, "unread", reason)


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
            code=snakemake.params.code,
        )

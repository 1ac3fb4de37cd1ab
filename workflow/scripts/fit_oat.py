"""Learn one sparse equation per parameter value, then one for all (OAT ME-EQL)."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out import judged
from eqlearn.job import logged_to
from eqlearn.learners import oat, oat_study
from eqlearn.origin import origin
from eqlearn.tables import write_table
from eqlearn.verdict import Limits
from tqdm import tqdm


def fit_oat(
    *,
    dataset: Path,
    equation: Path,
    per_parameter: Path,
    values: list[float],
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the common equation, and a table of what each parameter value alone would give;
    ``verdict``: changes to ``Limits``."""
    whole = read_dataset(dataset)
    data = whole.at(values)
    provenance = origin(settings, code, learner="oat.refined", dataset=data.name, dataset_digest=data.digest())
    progress = partial(tqdm, desc="experiments", mininterval=5)
    learned = oat_study.learn(data, oat.Settings(**settings), provenance, progress)
    write_table(learned.per_parameter, per_parameter)
    write_equation(judged(learned.equation, data, learned.refit, Limits(**verdict), whole), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_oat(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            per_parameter=snakemake.output.per_parameter,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )

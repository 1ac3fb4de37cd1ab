"""Learn one sparse equation with embedded parameter from all experiments (ES ME-EQL)."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out import judged
from eqlearn.job import logged_to
from eqlearn.learners import es
from eqlearn.origin import origin
from eqlearn.verdict import Limits
from tqdm import tqdm


def fit_es(
    *,
    dataset: Path,
    equation: Path,
    values: list[float],
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the equation; ``verdict``: changes to ``Limits``."""
    whole = read_dataset(dataset)
    data = whole.at(values)
    provenance = origin(settings, code, learner="es.refined", dataset=data.name, dataset_digest=data.digest())
    progress = partial(tqdm, desc="experiments", mininterval=5)
    learned = es.learned(data, es.Settings(**settings), provenance, progress)
    write_equation(judged(learned.equation, data, learned.refit, Limits(**verdict), whole), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_es(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )

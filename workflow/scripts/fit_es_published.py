"""Learn one sparse equation with embedded parameter from all experiments, as published (ES ME-EQL)."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out import judged
from eqlearn.job import logged_to
from eqlearn.learners import es_published
from eqlearn.learners.published import Path as LassoPath
from eqlearn.origin import origin
from eqlearn.scales import warned
from eqlearn.verdict import Limits


def fit_es_published(
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
    provenance = origin(settings, code, learner="es.published", dataset=data.name, dataset_digest=data.digest())
    provenance |= warned(data)
    learned = es_published.learned(data, LassoPath(**settings), provenance)
    write_equation(judged(learned.equation, data, learned.refit, Limits(**verdict), whole), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_es_published(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )

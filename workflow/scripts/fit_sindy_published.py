"""Learn a partial differential equation by sequentially thresholded group ridge regression."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out_fields import judged_field
from eqlearn.job import logged_to
from eqlearn.learners import group_sindy
from eqlearn.origin import origin
from eqlearn.verdict import Limits


def fit_sindy_published(
    *,
    dataset: Path,
    equation: Path,
    learner: str,
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the equation; ``verdict``: changes to ``Limits``."""
    data = read_dataset(dataset)
    provenance = origin(settings, code, learner=learner, dataset=data.name, dataset_digest=data.digest())
    learned = group_sindy.learn(data, group_sindy.Settings(**settings), provenance)
    write_equation(judged_field(learned, data, Limits(**verdict)), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_sindy_published(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            learner=f"{snakemake.wildcards.learner}.published",
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )

"""Learn one sparse equation with embedded parameter from all experiments, as published (ES ME-EQL)."""

from pathlib import Path

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.job import logged_to
from eqlearn.learners import es_published
from eqlearn.learners.published import Path as LassoPath
from eqlearn.origin import origin
from eqlearn.scales import warned


def fit_es_published(*, dataset: Path, equation: Path, values: list[float], settings: dict, code: dict) -> None:
    """Write the equation."""
    data = read_dataset(dataset).at(values)
    provenance = origin(settings, code, learner="es.published", dataset=data.name, dataset_digest=data.digest())
    provenance |= warned(data)
    write_equation(es_published.learn(data, LassoPath(**settings), provenance), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_es_published(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

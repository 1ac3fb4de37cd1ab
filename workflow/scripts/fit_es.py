"""Learn one sparse equation with embedded parameter from all experiments (ES ME-EQL)."""

from functools import partial
from pathlib import Path

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.job import logged_to
from eqlearn.learners import es
from eqlearn.origin import origin
from tqdm import tqdm


def fit_es(*, dataset: Path, equation: Path, values: list[float], settings: dict, code: dict) -> None:
    """Write the equation."""
    data = read_dataset(dataset).at(values)
    provenance = origin(settings, code, learner="es.refined", dataset=data.name, dataset_digest=data.digest())
    progress = partial(tqdm, desc="experiments", mininterval=5)
    write_equation(es.learn(data, es.Settings(**settings), provenance, progress), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_es(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

"""Learn a partial differential equation in weak form."""

from pathlib import Path

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.job import logged_to
from eqlearn.learners import weak_sindy
from eqlearn.origin import origin


def fit_sindy_refined(*, dataset: Path, equation: Path, learner: str, settings: dict, code: dict) -> None:
    """Write the equation."""
    data = read_dataset(dataset)
    provenance = origin(settings, code, learner=learner, dataset=data.name, dataset_digest=data.digest())
    write_equation(weak_sindy.learn(data, weak_sindy.Settings(**settings), provenance), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_sindy_refined(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            learner="sindy.refined",
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

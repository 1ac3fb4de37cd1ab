"""Sample a parametric function in closed form at every parameter value, for training and for testing."""

from pathlib import Path

from eqlearn.dataset import write_dataset
from eqlearn.datasets import analytic
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def sample_analytic(
    *, dataset: Path, name: str, function: str, noise: float, seed: int, settings: dict, code: dict
) -> None:
    """Write one dataset; ``settings`` are parameter segments, samples, reach and definitions of own functions."""
    truth = analytic.function_of(function, settings["definitions"])
    provenance = origin(settings, code, source="analytic", function=function, seed=seed, noise=noise)
    data = analytic.sampled(
        name,
        truth,
        analytic.grid(settings["parameter"]),
        settings["samples"],
        settings["reach"],
        noise,
        (function, f"seed={seed}", f"noise={noise}"),
        as_attributes(provenance),
    )
    write_dataset(data, dataset)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        sample_analytic(
            dataset=snakemake.output.dataset,
            name=snakemake.wildcards.benchmark,
            function=snakemake.params.function,
            noise=snakemake.params.noise,
            seed=snakemake.params.seed,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

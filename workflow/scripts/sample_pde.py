"""Add noise to a field and differentiate it: features and target at every value of the varying coordinate."""

from pathlib import Path

from eqlearn.dataset import write_dataset
from eqlearn.datasets.pde import problem_of, sampled, with_noise
from eqlearn.field_file import read_field
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def sample_pde(
    *,
    field: Path,
    dataset: Path,
    name: str,
    equation: str,
    definitions: dict,
    noise: float,
    seed: int,
    methods: dict[str, str],
    highest: int,
    code: dict,
) -> None:
    """Write one dataset; ``methods``: of the derivatives, by 'space' and 'time'; ``highest``: order in x."""
    settings = {"methods": dict(methods), "highest": highest, "definitions": definitions}
    provenance = origin(settings, code, source="pde", equation=equation, seed=seed, noise=noise)
    noisy = with_noise(read_field(field), noise, (equation, f"noise={noise}", f"seed={seed}"))
    data = sampled(name, problem_of(equation, definitions), noisy, methods, highest, as_attributes(provenance))
    write_dataset(data, dataset)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        sample_pde(
            field=snakemake.input.field,
            dataset=snakemake.output.dataset,
            name=snakemake.wildcards.pde,
            equation=snakemake.params.equation,
            definitions=snakemake.params.definitions,
            noise=snakemake.params.noise,
            seed=snakemake.params.seed,
            **snakemake.params.differentiation,
            code=snakemake.params.code,
        )

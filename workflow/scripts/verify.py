"""Compare every published number with ours, by criteria fixed beforehand."""

from pathlib import Path

from eqlearn import paper_a
from eqlearn.job import logged_to
from eqlearn.tables import read_table, write_table
from eqlearn.verification import compare, criteria_of


def verify(
    *,
    published: Path,
    errors: dict[str, Path],
    inference: dict[str, dict[str, Path]],
    structures: dict[str, Path],
    steps: dict[str, dict[str, str]],
    verification: Path,
) -> None:
    """Write verification.csv.

    ``errors``: trajectory errors; ``structures``: equations per parameter value; both by ``data/initial density``.
    ``inference``: estimates by initial density and label ``learner.protocol``. ``steps``: rp step by number of
    experiments, by ``data/initial density``.
    """
    criteria = criteria_of(read_table(published / "criteria.csv", ["bound"], ["pattern", "criterion", "reason"]))
    ours = {}
    for place, path in errors.items():
        table = read_table(path, ["parameter_value", "mse"], ["learner", "experiments"])
        ours |= paper_a.measured_mse(place, table, steps[place])
    for density, tables in inference.items():
        for learner, path in tables.items():
            ours |= paper_a.measured_inference(
                density, learner, read_table(path, ["parameter_value", "relative_error"])
            )
    for place, path in structures.items():
        ours |= paper_a.measured_structures(place, read_table(path, ["parameter_value", "power"], ["model"]))
    numbers = [
        *paper_a.published_mse(read_table(published / "me_eql_mse_medians.csv", ["median_mse"], ["initial_density"])),
        *paper_a.published_inference(
            read_table(published / "me_eql_inference_errors.csv", ["proliferation_rate"], ["initial_density"])
        ),
        *paper_a.published_structures(
            read_table(published / "me_eql_oat_structures.csv", ["count_of_500_rp"], ["initial_density", "powers_of_c"])
        ),
    ]
    write_table(compare(numbers, ours, criteria), verification)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        params = snakemake.params
        inferred = {density: {} for density, _ in params.inference_places}
        for (density, learner), path in zip(params.inference_places, snakemake.input.inference):
            inferred[density][learner] = path
        verify(
            published=Path(snakemake.input.criteria).parent,
            errors=dict(zip(params.places, snakemake.input.errors)),
            inference=inferred,
            structures=dict(zip(params.places, snakemake.input.structures)),
            steps=params.steps,
            verification=snakemake.output.verification,
        )

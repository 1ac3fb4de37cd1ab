"""Merge batches of simulations into one dataset: averages over replicates, or every single run."""

from pathlib import Path

from eqlearn.dataset import write_dataset
from eqlearn.datasets.birth_death_migration import Lattice
from eqlearn.datasets.replicates import averages, merged, single_runs
from eqlearn.job import logged_to
from eqlearn.netcdf import read_netcdf
from eqlearn.origin import as_attributes, origin

MERGE = {"averages": averages, "single_runs": single_runs}


def merge_simulations(
    *,
    batches: list[Path],
    trajectories: Path,
    dataset: str,
    initial_density: float,
    purpose: str,
    settings: dict,
    time_scale: str,
    code: dict,
) -> None:
    """Write the trajectories of one dataset; no batch may be edited, no parameter value occur twice."""
    study = merged(read_netcdf(batch) for batch in batches)
    seeds = f"SHA-256 of {purpose}|study|c0|p|replicate"
    provenance = origin(
        settings,
        code,
        source="birth_death_migration",
        seed=seeds,
        initial_state=initial_density,
        replicates=study.sizes["replicate"],
        time_scale=time_scale,
    )
    attributes = as_attributes(provenance)
    write_dataset(MERGE[purpose](dataset, Lattice(**settings["lattice"]), study, attributes), trajectories)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        merge_simulations(
            batches=snakemake.input.batches,
            trajectories=snakemake.output.trajectories,
            dataset=f"{snakemake.wildcards.study}-c{snakemake.wildcards.density}",
            initial_density=float(snakemake.wildcards.density),
            purpose=snakemake.wildcards.purpose,
            settings=snakemake.params.settings,
            time_scale=snakemake.params.time_scale,
            code=snakemake.params.code,
        )

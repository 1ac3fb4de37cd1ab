"""Simulate the birth-death-migration model at some parameter values, all replicates of each."""

from pathlib import Path

from eqlearn.datasets.birth_death_migration import Lattice
from eqlearn.datasets.sampling import Sampling
from eqlearn.datasets.simulations import Study, simulate_batch
from eqlearn.job import logged_to
from eqlearn.netcdf import write_netcdf
from eqlearn.origin import as_attributes, origin


def study_of(study: str, initial_density: float, settings: dict) -> Study:
    """The study at one initial density, from its settings."""
    return Study(
        name=study,
        lattice=Lattice(**settings["lattice"]),
        migration_rate=settings["migration_rate"],
        death_fraction=settings["death_fraction"],
        initial_density=initial_density,
        sampling=Sampling(**settings["time"]),
    )


def simulate_birth_death_migration(
    *,
    counts: Path,
    study: str,
    initial_density: float,
    purpose: str,
    values: list[float],
    replicates: int,
    settings: dict,
    code: dict,
) -> None:
    """Write counts of agents and pairs of one batch."""
    batch = simulate_batch(study_of(study, initial_density, settings), purpose, values, replicates)
    batch.attrs = as_attributes(origin(settings, code, study=study, initial_density=initial_density, purpose=purpose))
    write_netcdf(batch, counts)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        simulate_birth_death_migration(
            counts=snakemake.output.counts,
            study=snakemake.wildcards.study,
            initial_density=float(snakemake.wildcards.density),
            purpose=snakemake.wildcards.purpose,
            values=snakemake.params["values"],
            replicates=snakemake.params.replicates,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

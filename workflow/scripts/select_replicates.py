"""Select the replicates behind a few averages, each as a trajectory of its own."""

from pathlib import Path

import xarray as xr
from eqlearn.dataset import write_dataset
from eqlearn.datasets.birth_death_migration import Lattice
from eqlearn.datasets.replicates import merged, single_runs
from eqlearn.job import logged_to
from eqlearn.netcdf import read_netcdf
from eqlearn.origin import as_attributes, origin


def select_replicates(
    *,
    batches: list[Path],
    replicates: Path,
    dataset: str,
    initial_density: float,
    values: list[float],
    settings: dict,
    code: dict,
) -> None:
    """Write the runs of the averages at these parameter values, from which learners learn."""
    study = merged(_only(read_netcdf(batch), values) for batch in batches)
    provenance = origin(settings, code, source="birth_death_migration", initial_state=initial_density)
    runs = single_runs(dataset, Lattice(**settings["lattice"]), study, as_attributes(provenance))
    write_dataset(runs, replicates)


def _only(batch: xr.Dataset, values: list[float]) -> xr.Dataset:
    return batch.isel(parameter=batch["parameter_value"].isin(values).values)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        select_replicates(
            batches=snakemake.input.batches,
            replicates=snakemake.output.replicates,
            dataset=f"{snakemake.wildcards.study}-c{snakemake.wildcards.density}",
            initial_density=float(snakemake.wildcards.density),
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

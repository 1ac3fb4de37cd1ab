"""Simulate once per chosen parameter value and keep the lattice at chosen recording times."""

from pathlib import Path

import numpy as np
import xarray as xr
from eqlearn.datasets import mean_field
from eqlearn.job import logged_to
from eqlearn.netcdf import write_netcdf
from eqlearn.origin import as_attributes, origin
from simulate_birth_death_migration import study_of


def simulate_snapshots(
    *,
    snapshots: Path,
    study: str,
    initial_density: float,
    values: list[float],
    samples: list[int],
    settings: dict,
    code: dict,
) -> None:
    """Write occupancy (parameter, snapshot, row, column), and density and mean field (parameter, sample)."""
    model = study_of(study, initial_density, settings)
    runs = [model.run("snapshots", value, 0, snapshots=True) for value in values]
    times = np.stack([model.times(value) for value in values])
    theory = [mean_field.density(t, initial_density, p, model.rates(p).death) for p, t in zip(values, times)]
    frames = np.stack([run.snapshots[samples] for run in runs])
    density = np.stack([run.agents / model.lattice.sites for run in runs])
    curve = ("parameter", "sample")
    data = xr.Dataset(
        {
            "occupancy": (("parameter", "snapshot", "row", "column"), frames),
            "density": (curve, density),
            "mean_field": (curve, np.stack(theory)),
            "time": (curve, times),
        },
        {"parameter_value": ("parameter", np.array(values)), "snapshot_sample": ("snapshot", np.array(samples))},
        as_attributes(origin(settings, code, study=study, initial_density=initial_density)),
    )
    write_netcdf(data, snapshots)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        simulate_snapshots(
            snapshots=snakemake.output.snapshots,
            study=snakemake.wildcards.study,
            initial_density=float(snakemake.wildcards.density),
            values=snakemake.params["values"],
            samples=snakemake.params.samples,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )

"""Sample the closed-form mean field at every parameter value of a study, with noise where asked for."""

from pathlib import Path

import numpy as np
from eqlearn.dataset import write_dataset
from eqlearn.datasets import mean_field
from eqlearn.datasets.sampling import Sampling, density_trajectories
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin
from eqlearn.random import generator


def sample_mean_field(
    *,
    trajectories: Path,
    dataset: str,
    study: str,
    initial_density: float,
    noise: float,
    values: list[float],
    settings: dict,
    time_scale: str,
    code: dict,
) -> None:
    """Write the trajectories of one dataset."""
    death, sampling = settings["death_fraction"], Sampling(**settings["time"])
    times = np.stack([sampling.times(value * (1 - death)) for value in values])
    curves = [mean_field.density(t, initial_density, p, death * p) for p, t in zip(values, times)]
    if noise:
        seeds = [generator("noise", study, c0=initial_density, level=noise, p=value) for value in values]
        curves = [mean_field.add_noise(curve, noise, seed) for curve, seed in zip(curves, seeds)]
    truth = f"p*({1 - death:.15g}*C - C**2)"
    seed = "SHA-256 of noise|study|c0|level|p" if noise else "none"
    provenance = origin(
        settings, code, source="mean_field", seed=seed, initial_state=initial_density, noise=noise, true_equation=truth
    )
    attributes = as_attributes({**provenance, "time_scale": time_scale})
    data = density_trajectories(dataset, np.array(values), np.stack(curves), times, {}, attributes)
    write_dataset(data, trajectories)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        sample_mean_field(
            trajectories=snakemake.output.trajectories,
            dataset=snakemake.wildcards.dataset,
            study=snakemake.params.study,
            initial_density=snakemake.params.initial_density,
            noise=snakemake.params.noise,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            time_scale=snakemake.params.time_scale,
            code=snakemake.params.code,
        )

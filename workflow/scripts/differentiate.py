"""Differentiate the trajectories of a dataset: the target is the rate of its state."""

import dataclasses
from pathlib import Path

import numpy as np
from eqlearn.calculus import differentiate as derivative
from eqlearn.dataset import Quantity, read_dataset, write_dataset
from eqlearn.errors import InputError
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def differentiate(*, trajectories: Path, dataset: Path, method: str | None, code: dict) -> None:
    """Write the dataset with target and smoothed state; InputError names the parameter value that fails.

    Without a method the trajectories have a target of their own, which stays as it is.
    """
    data = read_dataset(trajectories)
    if method is None:
        return write_dataset(data, dataset)
    smoothed, rates = np.empty_like(data.time), np.empty_like(data.time)
    for row, value in enumerate(data.values):
        try:
            smoothed[row], rates[row] = derivative(data.time[row], data.features[row, :, 0], method)
        except InputError as error:
            raise InputError(f"{trajectories}: at {data.parameter.name} {value:g}: {error}") from error
    state = data.state[0]
    derived = as_attributes({"differentiation": origin({"method": method}, code)})
    result = dataclasses.replace(
        data,
        rate=Quantity(f"d{state.name}/dt", f"{state.unit}/{data.time_axis.unit}"),
        target=rates,
        extra={**data.extra, f"{state.name}_smoothed": smoothed},
        attributes={**data.attributes, **derived, "trajectories_digest": data.digest()},
    )
    write_dataset(result, dataset)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        differentiate(
            trajectories=snakemake.input.trajectories,
            dataset=snakemake.output.dataset,
            method=snakemake.params.method,
            code=snakemake.params.code,
        )

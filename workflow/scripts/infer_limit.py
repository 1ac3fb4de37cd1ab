"""Infer the parameter of every single run by the averages themselves: what no equation learned from them can beat
by least squares."""

from functools import partial
from pathlib import Path

from eqlearn.dataset import read_dataset
from eqlearn.inference import ParameterSearch, estimates_of
from eqlearn.job import logged_to
from eqlearn.mean_curves import mean_curves
from eqlearn.tables import write_table
from tqdm import tqdm


def infer_limit(*, single_runs: Path, averages: Path, estimates: Path, bounds: list[float]) -> None:
    """Write one row per run, as ``infer_parameter`` does."""
    data, curves = read_dataset(single_runs), mean_curves(read_dataset(averages))
    progress = partial(tqdm, desc="parameter values", mininterval=5)
    table = estimates_of(data, lambda times: ParameterSearch(curves(times), times, tuple(bounds)), progress)
    write_table(table, estimates)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        infer_limit(
            single_runs=snakemake.input.single_runs,
            averages=snakemake.input.averages,
            estimates=snakemake.output.estimates,
            bounds=snakemake.params.bounds,
        )

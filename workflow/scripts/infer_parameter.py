"""Infer the parameter of every single run under one equation: estimate, and 90 % interval where runs calibrate one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.equation import Equation, read_equation
from eqlearn.inference import ParameterSearch, Search, calibrated_threshold, estimates_of, likelihood_ratios, states_of
from eqlearn.inference_published import PublishedSearch
from eqlearn.job import logged_to
from eqlearn.noise import noise_of
from eqlearn.scales import size_of, warned
from eqlearn.tables import write_table
from tqdm import tqdm


def infer_parameter(
    *, single_runs: Path, equation: Path, training: list[Path], estimates: Path, protocol: str, bounds: list[float]
) -> None:
    """Write one row per run: true and estimated parameter, relative error, error of the fit, interval and what it
    rests on.

    ``training``: averages and replicates that the equation was learned from, where it was learned by the refined
    protocol; their noise weighs the residuals, and the intervals are calibrated on them. Without it there is none.
    """
    data, learned = read_dataset(single_runs), read_equation(equation)
    initial, scale = float(data.attributes["initial_state"]), size_of(data.features)
    if protocol == "published":
        warned(data)
    search = _search(protocol, learned, (initial, scale), tuple(bounds), [read_dataset(path) for path in training])
    progress = partial(tqdm, desc="parameter values", mininterval=5)
    write_table(estimates_of(data, search, progress), estimates)


def _search(
    protocol: str,
    equation: Equation,
    states: tuple[float, float],
    bounds: tuple,
    training: list[ParametricDataset],
) -> Callable[..., Search]:
    """Search for runs that share their times; ``states``: the initial one, and their scale."""
    initial, scale = states
    if protocol == "published":
        return lambda times: PublishedSearch(equation, initial, times)
    if not training:
        return lambda times: ParameterSearch(states_of(equation, initial, times, scale), times, bounds)
    averages, replicates = training
    noise = noise_of(averages.at(sorted(set(replicates.values))))
    model = lambda times: states_of(equation, initial, times, scale)  # noqa: E731
    plain = lambda times: ParameterSearch(model(times), times, bounds, noise)  # noqa: E731
    threshold = calibrated_threshold(likelihood_ratios(replicates, plain), int(averages.attributes["replicates"]))
    return lambda times: ParameterSearch(model(times), times, bounds, noise, threshold)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        infer_parameter(
            single_runs=snakemake.input.single_runs,
            equation=snakemake.input.equation,
            training=snakemake.input.training,
            estimates=snakemake.output.estimates,
            protocol=snakemake.wildcards.protocol,
            bounds=snakemake.params.bounds,
        )

"""Compare every published number with ours, by criteria fixed beforehand."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from eqlearn import paper_a, paper_b, paper_b_pdes, paper_b_springs
from eqlearn.dataset import read_dataset
from eqlearn.datasets.analytic import FUNCTIONS
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.tables import read_table, write_table
from eqlearn.verification import Measured, Number, compare, criteria_of

SEEDS = 20  # of the repeated runs behind the targets
SPRING_RUNS = 40  # of both tasks and both networks
WINDOWED = "published"  # a refined derivative has no window
Labelled = dict[tuple[str, ...], Path]


def verify(
    *,
    published: Path,
    errors: dict[str, Path],
    inference: Labelled,
    structures: Labelled,
    equations: Labelled,
    steps: dict[str, dict[str, str]],
    networks: tuple[list[Path], list[str]],
    pdes: tuple[list[Path], list[Path]],
    springs: tuple[list[Path], Path | None],
    averages: dict[str, Path],
    runs: list[Path],
    verification: Path,
    page: Path,
) -> None:
    """Write verification.csv, a row per published number and protocol.

    ``errors``: trajectory errors by ``data/initial density``, which is called place. ``inference``: estimates by
    (initial density, ``learner.protocol``); ``structures``: equations per parameter value by (place, learner);
    ``equations``: the mean field and those of ES by (place, learner, number of experiments). ``steps``: rp step by
    number of experiments, by place. ``networks``: scores and coefficients of the analytic benchmarks, or nothing, and
    the learners that are compared. ``pdes``: scores and coefficients of partial differential equations, or nothing, and
    their scores under noise. ``springs``: scores and coefficients of images of springs, or nothing, and their repeated
    runs. ``averages``: simulated datasets by place. ``runs``: repeated runs of networks, measured once and kept.
    """
    criteria = criteria_of(read_table(published / "criteria.csv", ["bound"], ["pattern", "criterion", "reason"]))
    targets = read_table(published / "targets.csv", ["value"], ["item", "quantity", "measured_as"])
    tables = []
    for protocol in paper_a.PROTOCOLS:
        numbers = [*_published(published, protocol), *paper_a.targets(targets)]
        ours = _errors(errors, steps, protocol) | _inferred(inference, protocol) | _windows(averages, protocol)
        ours |= _learned(structures, protocol) | _embedded(equations, steps, protocol)
        ours |= _networks(*networks, protocol, numbers) | _repeated(runs, protocol)
        ours |= _pdes(*pdes, networks[1], protocol, numbers)
        ours |= _springs(*springs, protocol)
        ours |= paper_a.measured_targets(targets, ours)
        tables.append(compare(numbers, ours, criteria, protocol))
    table = pd.concat(tables)
    write_table(table, verification)
    write_table_page(table, page)


def _errors(errors: dict[str, Path], steps: dict[str, dict[str, str]], protocol: str) -> dict[str, Measured]:
    ours = {}
    for place, path in errors.items():
        table = read_table(path, ["parameter_value", "mse"], ["learner", "experiments"])
        table = table[[paper_a.of_protocol(learner, protocol) for learner in table["learner"]]]
        ours |= paper_a.measured_mse(place, table, steps[place])
    return ours


def _inferred(inference: Labelled, protocol: str) -> dict[str, Measured]:
    ours = {}
    for (density, learner), path in inference.items():
        if paper_a.of_protocol(learner, protocol):
            table = read_table(path, ["parameter_value", "relative_error", "low", "high"])
            ours |= paper_a.measured_inference(density, learner, table)
    return ours


def _windows(averages: dict[str, Path], protocol: str) -> dict[str, Measured]:
    ours = {}
    for place, path in averages.items() if protocol == WINDOWED else ():
        ours |= paper_a.measured_windows(place, read_dataset(path))
    return ours


def _learned(structures: Labelled, protocol: str) -> dict[str, Measured]:
    ours = {}
    for (place, learner), path in structures.items():
        if paper_a.of_protocol(learner, protocol):
            ours |= paper_a.measured_structures(place, read_table(path, ["parameter_value", "power"], ["model"]))
    return ours


def _embedded(equations: Labelled, steps: dict[str, dict[str, str]], protocol: str) -> dict[str, Measured]:
    ours = {}
    for (place, learner, experiments), path in equations.items():
        if paper_a.of_protocol(learner, protocol):
            equation = read_equation(path)
            ours |= paper_a.measured_es_equation(place, experiments, equation)
            if steps[place].get(experiments, paper_a.INFERENCE_STEP) == paper_a.INFERENCE_STEP:
                ours |= paper_a.measured_inference_equation(place, learner, equation)
    return ours


def _networks(paths: list[Path], learners: list[str], protocol: str, numbers: list[Number]) -> dict[str, Measured]:
    if not paths:
        return {}
    scores, coefficients = (
        paper_b.as_published(read_table(path, [*numeric, "noise", "seed"], ["learner"]), learners)
        for path, numeric in zip(paths, (["test_mse_scaled"], ["parameter_value", "value"]))
    )
    return paper_b.measured_errors(scores, protocol) | paper_b.measured_equations(coefficients, protocol, numbers)


def _repeated(paths: list[Path], protocol: str) -> dict[str, Measured]:
    ours = {}
    for path in paths:
        table = read_table(path, ["noise", "seed"], ["learner"])
        table = table[table["learner"].str.endswith(f".{protocol}")]
        if "function" in table:
            ours |= paper_b.measured_runs(table[table["function"].isin(FUNCTIONS)], len(FUNCTIONS), SEEDS)
        else:
            ours |= paper_b_pdes.measured_runs(table, SEEDS)
    return ours


def _pdes(
    paths: list[Path], recovery: list[Path], learners: list[str], protocol: str, numbers: list[Number]
) -> dict[str, Measured]:
    ours, text = {}, ["equation", "learner"]
    if paths:
        scores = read_table(paths[0], ["noise", "seed", "ut_mse", "coefficient_mse"], [*text, "grid"])
        ours |= paper_b_pdes.measured_errors(scores, protocol, learners)
        coefficients = read_table(paths[1], ["noise", "seed", "parameter_value", "value"], [*text, "grid", "term"])
        ours |= paper_b_pdes.measured_truth(coefficients)
        ours |= paper_b_pdes.measured_equations(coefficients, protocol, learners, numbers)
    for path in recovery:
        ours |= paper_b_pdes.measured_recovery(read_table(path, ["noise", "coefficient_mse_library"], text), protocol)
    return ours


def _springs(paths: list[Path], runs: Path | None, protocol: str) -> dict[str, Measured]:
    ours, text = {}, ["task", "learner"]
    if paths:
        ours |= paper_b_springs.measured_scores(read_table(paths[0], ["seed", "latent_r2"], text), protocol)
        coefficients = read_table(paths[1], ["seed", "parameter_value", "value"], [*text, "space", "quantity"])
        ours |= paper_b_springs.measured_equations(coefficients, protocol)
    if runs is not None:
        ours |= paper_b_springs.measured_runs(read_table(runs, ["seed"], text), protocol, SPRING_RUNS)
    return ours


def _published(folder: Path, protocol: str) -> Iterator[Number]:
    text = ["initial_density"]
    yield from paper_a.published_mse(read_table(folder / "me_eql_mse_medians.csv", ["median_mse"], text))
    inferred = read_table(folder / "me_eql_inference_errors.csv", ["proliferation_rate"], text)
    yield from paper_a.published_inference(inferred)
    counted = read_table(folder / "me_eql_oat_structures.csv", ["count_of_500_rp"], [*text, "powers_of_c"])
    yield from paper_a.published_structures(counted)
    embedded = read_table(folder / "me_eql_es_equations.csv", ["coefficient_of_rp_c_power"], text)
    yield from paper_a.published_es_equations(embedded)
    inferring = read_table(folder / "me_eql_inference_equations.csv", ["coefficient"], text)
    yield from paper_a.published_inference_equations(inferring)
    if protocol == WINDOWED:
        yield from paper_a.published_windows(
            read_table(folder / "me_eql_smoothing_windows.csv", ["window_points"], text)
        )
    trained = read_table(folder / "parametric_eql_table8_analytic_mse.csv", ["best_test_mse", "mean_test_mse"])
    yield from paper_b.published_errors(trained)
    yield from paper_b.published_equations(read_table(folder / "parametric_eql_tables2_7_equations.csv", ["t"]))
    yield from paper_b.published_baseline(read_table(folder / "parametric_eql_table1_eql_baseline.csv", [], ["eql"]))
    pdes = read_table(
        folder / "parametric_eql_table3_pde_mse.csv", ["ut_mse", "coefficient_mse"], ["cross_terms_given"]
    )
    yield from paper_b_pdes.published_errors(pdes)
    yield from paper_b_pdes.published_equations(
        read_table(folder / "parametric_eql_table4_pde_equations.csv", ["value"])
    )
    yield from paper_b_springs.published_equations(
        read_table(folder / "parametric_eql_tables5_6_spring.csv", ["t"], ["target", "network"])
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        params, given = snakemake.params, snakemake.input
        verify(
            published=Path(given.criteria).parent,
            errors=dict(zip(params.places, given.errors)),
            inference={tuple(label): path for label, path in zip(params.inferred, given.inference)},
            structures={tuple(label): path for label, path in zip(params.alone, given.structures)},
            equations={tuple(label): path for label, path in zip(params.embedded, given.equations)},
            steps=params.steps,
            averages=dict(zip(params.simulated, given.averages)),
            networks=(list(given.networks), params.networks),
            runs=list(given.runs),
            springs=(list(given.springs), next(iter(given.spring_runs), None)),
            pdes=(list(given.pdes), list(given.recovery)),
            verification=snakemake.output.verification,
            page=snakemake.output.page,
        )

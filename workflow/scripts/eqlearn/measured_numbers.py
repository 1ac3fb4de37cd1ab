"""Tables and equations of a run as numbers to compare with the publications."""

import dataclasses
from pathlib import Path

import pandas as pd

from eqlearn import paper_a, paper_b, paper_b_pdes, paper_b_springs
from eqlearn.dataset import read_dataset
from eqlearn.datasets.analytic import FUNCTIONS, function_of
from eqlearn.datasets.functions import differing
from eqlearn.datasets.springs import TASKS, task_of
from eqlearn.equation import read_equation
from eqlearn.tables import read_table
from eqlearn.verification import THEORY, Measured, Number

SEEDS = 20  # of the repeated runs behind the targets
SPRING_RUNS = 40  # of both tasks and both networks
Labelled = dict[tuple[str, ...], Path]


def trajectory_errors(errors: dict[str, Path], steps: dict[str, dict[str, str]], protocol: str) -> dict[str, Measured]:
    """Median errors of trajectories; ``errors`` by place, ``steps``: rp step by number of experiments, by place."""
    ours = {}
    for place, path in errors.items():
        table = read_table(path, ["parameter_value", "mse"], ["learner", "experiments"])
        table = table[[paper_a.of_protocol(learner, protocol) for learner in table["learner"]]]
        ours |= paper_a.measured_mse(place, table, steps[place])
    return ours


def inferred_parameters(inference: Labelled, protocol: str) -> dict[str, Measured]:
    """Errors and intervals of inferred parameters; estimates by (initial density, learner)."""
    ours = {}
    for (density, learner), path in inference.items():
        if paper_a.of_protocol(learner, protocol):
            table = read_table(path, ["parameter_value", "relative_error", "low", "high"])
            ours |= paper_a.measured_inference(density, learner, table)
    return ours


def smoothing_windows(averages: dict[str, Path], protocol: str, numbers: list[Number]) -> dict[str, Measured]:
    """Windows of the smoothing of averages, by place."""
    ours = {}
    for place, path in averages.items() if protocol == paper_a.WINDOWED else ():
        ours |= paper_a.measured_windows(place, read_dataset(path), numbers)
    return ours


def structures_alone(structures: Labelled, protocol: str, numbers: list[Number]) -> dict[str, Measured]:
    """How often each structure is learned alone; equations per parameter value by (place, learner)."""
    ours = {}
    for (place, learner), path in structures.items():
        if paper_a.of_protocol(learner, protocol):
            table = read_table(path, ["parameter_value", "power"], ["model"])
            ours |= paper_a.measured_structures(place, table, numbers)
    return ours


def embedded_equations(equations: Labelled, steps: dict[str, dict[str, str]], protocol: str) -> dict[str, Measured]:
    """Coefficients of ES and of the mean field; equations by (place, learner, number of experiments)."""
    ours = {}
    for (place, learner, experiments), path in equations.items():
        if paper_a.of_protocol(learner, protocol):
            equation = read_equation(path)
            ours |= paper_a.measured_es_equation(place, experiments, equation)
            if steps[place].get(experiments, paper_a.INFERENCE_STEP) == paper_a.INFERENCE_STEP:
                ours |= paper_a.measured_inference_equation(place, learner, equation)
    return ours


def functions_by_networks(
    paths: list[Path], learners: list[str], protocol: str, numbers: list[Number], definitions: dict
) -> dict[str, Measured]:
    """Errors and equations of functions in closed form; ``paths``: scores and coefficients, or nothing;
    ``definitions``: own ones, of which one may bear the name of a benchmark."""
    if not paths:
        return {}
    tables = (
        paper_b.as_published(read_table(path, [*numeric, "noise", "seed"], ["learner"]), learners)
        for path, numeric in zip(paths, (["test_mse_scaled"], ["parameter_value", "value"]))
    )
    others = differing(definitions, FUNCTIONS, function_of)
    scores, coefficients = (table[~table["function"].isin(others)] for table in tables)
    return paper_b.measured_errors(scores, protocol) | paper_b.measured_equations(coefficients, protocol, numbers)


def kept_runs(paths: dict[Path, str], protocol: str, numbers: list[Number]) -> dict[str, Measured]:
    """Numbers of what takes too long for every run, and was measured once: success rates over seeds, and published
    trainings with all of their trials.

    ``paths``: tables of ``workflow/record.py`` (scores and equations of functions, images and fields), and the digest
    that their code has now.
    """
    ours = {}
    for path, digest in paths.items():
        table = read_table(path, ["seed"], ["learner", "date", "code_digest"])
        table = table[table["learner"].str.endswith(f".{protocol}")]
        pooled = "task" in table  # over both networks
        table = table if pooled else table[table["noise"] == 0]
        for rows in [table] if pooled else [own for _, own in table.groupby("learner")]:
            former = "" if (rows["code_digest"] == digest).all() else ", by former code"
            found = _numbers_of(rows, protocol, numbers)
            ours |= {
                place: dataclasses.replace(measured, when=f"{rows['date'].max()}{former}")
                for place, measured in found.items()
            }
    return ours


def _numbers_of(table: pd.DataFrame, protocol: str, numbers: list[Number]) -> dict[str, Measured]:
    """Numbers of one kept table, told by its columns."""
    if "learned_transformed" in table:
        return paper_b_springs.measured_texts(table, protocol)
    if "task" in table:
        scores = paper_b_springs.measured_scores(table, protocol)
        return scores | paper_b_springs.measured_runs(table, protocol, SPRING_RUNS)
    if "u_t" in table:
        return paper_b_pdes.measured_texts(table, protocol, numbers)
    # As published: all trials, of the first seed.
    whole = table[table["learner"].str.endswith(".published") & (table["trials"] == paper_b.TRIALS)]
    whole = whole[whole["seed"] == 0]
    if "trained" in table:
        return paper_b.measured_texts(whole, numbers)
    if "function" in table:
        of_paper = table[table["function"].isin(FUNCTIONS)]
        return paper_b.measured_runs(of_paper, len(FUNCTIONS), SEEDS) | paper_b.measured_errors(whole, protocol)
    of_paper = table[table["equation"].isin(paper_b_pdes.NETWORK_GRIDS)]
    errors = paper_b_pdes.measured_errors(whole, protocol, set(whole["learner"]))
    return paper_b_pdes.measured_runs(of_paper, SEEDS) | errors


def differential_equations(
    paths: list[Path], recovery: list[Path], learners: list[str], protocol: str, numbers: list[Number]
) -> dict[str, Measured]:
    """Errors, equations and supports of differential equations; ``paths``: scores and coefficients, or nothing."""
    ours, text = {}, ["equation", "learner"]
    if paths:
        scores = read_table(paths[0], ["noise", "seed", "ut_mse", "coefficient_mse"], [*text, "grid"])
        ours |= paper_b_pdes.measured_errors(scores, protocol, learners)
        coefficients = read_table(paths[1], ["noise", "seed", "parameter_value", "value"], [*text, "grid", "term"])
        ours |= paper_b_pdes.measured_truth(coefficients) if protocol == THEORY else {}
        ours |= paper_b_pdes.measured_equations(coefficients, protocol, learners, numbers)
    for path in recovery:
        ours |= paper_b_pdes.measured_recovery(read_table(path, ["noise", "coefficient_mse_library"], text), protocol)
    return ours


def springs(paths: list[Path], protocol: str, definitions: dict) -> dict[str, Measured]:
    """Errors and equations of images of springs; ``paths``: scores and coefficients, or nothing; ``definitions``: own
    ones, of which one may bear the name of a benchmark."""
    if not paths:
        return {}
    text, others = ["task", "learner"], differing(definitions, TASKS, task_of)
    scores = read_table(paths[0], ["seed", "latent_r2"], text)
    coefficients = read_table(paths[1], ["seed", "parameter_value", "value"], [*text, "space", "quantity"])
    scores, coefficients = (table[~table["task"].isin(others)] for table in (scores, coefficients))
    measured = paper_b_springs.measured_scores(scores, protocol)
    return measured | paper_b_springs.measured_equations(coefficients, protocol)

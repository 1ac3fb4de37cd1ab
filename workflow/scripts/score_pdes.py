"""Score what was learned of partial differential equations whose truth is known, and tabulate coefficients."""

from pathlib import Path

import pandas as pd
from eqlearn.dataset import read_dataset
from eqlearn.datasets.pde import problem_of
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.pde_scores import curve_rows, score, score_trials
from eqlearn.references import TRUE
from eqlearn.tables import read_table, write_table


def score_pdes(
    *,
    datasets: dict[str, Path],
    equations: dict[tuple[str, str], Path],
    trials: dict[tuple[str, str], Path],
    functions: dict[str, dict],
    definitions: dict,
    scores: Path,
    coefficients: Path,
) -> None:
    """Write two tables; ``equations`` by dataset and ``learner.protocol``, and so the ``trials`` of networks;
    ``functions``: equation, grid, noise and seed by dataset. The
    true equation is scored, too: no error of u_t can be told from its own."""
    rows, curves = [], []
    for name, path in datasets.items():
        data, key = read_dataset(path), functions[name]
        truth = problem_of(key["equation"], definitions).truth
        learned = {learner: read_equation(file) for (dataset, learner), file in equations.items() if dataset == name}
        for learner, equation in ({TRUE: truth} | learned).items():
            labels = {**key, "learner": learner}
            rows.append({**labels, **score(key["equation"], learner, equation, truth, data)})
            if (name, learner) in trials:
                table = read_table(trials[name, learner], text=["structure"])
                rows[-1] |= score_trials(table, truth)
            varying = {"coordinate": data.parameter.name}
            curves += [{**labels, **varying, **row} for row in curve_rows(equation, data.values)]
    write_table(pd.DataFrame(rows), scores)
    write_table(pd.DataFrame(curves), coefficients)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        params, given = snakemake.params, snakemake.input
        score_pdes(
            datasets=dict(zip(params.functions, given.datasets)),
            equations=dict(zip(map(tuple, params.labels), given.equations)),
            trials=dict(zip(map(tuple, params.trained), given.trials)),
            functions=params.functions,
            definitions=params.definitions,
            scores=snakemake.output.scores,
            coefficients=snakemake.output.coefficients,
        )

"""Score what networks learned of functions in closed form: errors, coefficients, equations, success rates."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dataset import read_dataset
from eqlearn.datasets.analytic import function_of
from eqlearn.equation import read_equation
from eqlearn.job import logged_to
from eqlearn.networks import scores as networks
from eqlearn.networks.scores import Learned
from eqlearn.tables import read_table, write_table

KEYS = ["function", "noise", "learner"]


def score_networks(
    *,
    learned: dict[tuple[str, str], dict[str, Path]],
    functions: dict[str, dict],
    definitions: dict,
    examples: list[int],
    scores: Path,
    recovery: Path,
    coefficients: Path,
    curves: Path,
    equations: Path,
    reach: float,
) -> None:
    """Write five tables; ``learned``: files (dataset, raw, equation, trials) by dataset and ``network.protocol``;
    ``functions``: function, noise and seed by dataset; ``examples``: rows of the parameter values shown, with x up to
    ``reach``."""
    rows, factors, lines, texts = [], [], [], []
    for (name, learner), files in learned.items():
        found = _read(files, functions[name]["function"], definitions)
        key, shown = {**functions[name], "learner": learner}, found.data.values[examples]
        rows.append({**key, **networks.score(found)})
        for form, equation in (("true", found.truth), ("trained", found.raw), ("refined", found.refined)):
            values = np.unique(found.data.values)
            factors.append(networks.coefficients(equation, values).assign(**key, equation=form))
            lines.append(networks.curves(equation, shown, reach).assign(**key, equation=form))
        if learner.startswith("eql."):
            whole = networks.with_parameter_as_feature(found.raw)
            factors.append(networks.coefficients(whole, shown[:1]).assign(**key, equation="trained, t a feature"))
        texts += [{**key, "trials": len(found.trials), **row} for row in networks.texts(found, shown)]
    table = pd.DataFrame(rows)
    write_table(table, scores)
    write_table(networks.recovery(table, KEYS), recovery)
    write_table(pd.concat(factors), coefficients)
    write_table(pd.concat(lines), curves)
    write_table(pd.DataFrame(texts), equations)


def _read(files: dict[str, Path], function: str, definitions: dict) -> Learned:
    return Learned(
        read_dataset(files["dataset"]),
        function_of(function, definitions),
        read_equation(files["raw"]),
        read_equation(files["equation"]),
        read_table(files["trials"], ["test_sampled", "restarts"], ["structure"]),
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        given, labels = snakemake.input, [tuple(label) for label in snakemake.params.labels]
        datasets = dict(zip(snakemake.params.functions, given.datasets))
        score_networks(
            learned={
                label: {"dataset": datasets[label[0]], "raw": raw, "equation": equation, "trials": trials}
                for label, raw, equation, trials in zip(labels, given.raw, given.equations, given.trials)
            },
            functions=snakemake.params.functions,
            definitions=snakemake.params.definitions,
            examples=snakemake.params.examples,
            reach=snakemake.params.reach["test"],
            **dict(snakemake.output.items()),
        )

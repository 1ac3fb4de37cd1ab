"""Tabulate what data say about every equation of a study."""

from pathlib import Path

import pandas as pd
from eqlearn.equation import Equation, read_equation
from eqlearn.job import logged_to
from eqlearn.tables import write_table
from eqlearn.verdict import Verdict

COLUMNS = ["dataset", "learner", "experiments", "supported", "nmse", "smoother_nmse", "held_out", "reason"]


def tabulate_verdicts(*, equations: dict[str, Path], verdicts: Path) -> None:
    """Write one row per equation; ``equations`` by ``dataset/learner.protocol/n``."""
    rows = [_row(label, read_equation(path)) for label, path in equations.items()]
    write_table(pd.DataFrame(rows, columns=COLUMNS), verdicts)


def _row(label: str, equation: Equation) -> dict[str, object]:
    """Errors of an equation that could not be read, or does not integrate, are empty."""
    dataset, learner, experiments = label.split("/")
    key = {"dataset": dataset, "learner": learner, "experiments": experiments.removeprefix("n")}
    verdict = equation.verdict or Verdict(False, None, None, "samples", equation.reason or "nothing was held out")
    return {**key, **verdict.to_json(), "reason": verdict.reason or ""}


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_verdicts(
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            verdicts=snakemake.output.verdicts,
        )

"""Write the summary of a run: equations learned, errors, verdicts, where to look."""

from pathlib import Path

import pandas as pd
from eqlearn.equation import read_equation
from eqlearn.files import write_text
from eqlearn.job import logged_to
from eqlearn.structure import to_text
from eqlearn.tables import read_table


def summarise(
    *, run: str, verification: Path, equations: dict[str, Path], errors: dict[str, Path], summary: Path, shown: float
) -> None:
    """Write Markdown; ``equations`` by ``dataset/learner.protocol/n``, printed at the parameter value ``shown``."""
    verdicts = read_table(verification, ["published", "ours"], ["verdict", "item", "quantity"])
    lines = [
        f"# Run {run}",
        "",
        *_verdict_lines(verdicts),
        "",
        f"## Learned equations (coefficients at p = {shown:g})",
        "",
    ]
    for label, path in equations.items():
        lines.append(f"- `{label}`: {to_text(read_equation(path), shown)}")
    lines += [
        "",
        "## Median trajectory error",
        "",
        "| dataset | learner | experiments | median MSE | failed |",
        "|---|---|---|---|---|",
    ]
    for name, path in errors.items():
        lines += _error_lines(name, read_table(path, ["mse"], ["learner", "experiments"]))
    write_text(summary, "\n".join(lines) + "\n")


def _verdict_lines(verdicts: pd.DataFrame) -> list[str]:
    counts = verdicts["verdict"].value_counts().sort_index()
    lines = ["## Against the publications", "", "| verdict | numbers |", "|---|---|"]
    lines += [f"| {verdict} | {count} |" for verdict, count in counts.items()]
    deviating = verdicts[verdicts["verdict"] == "deviates"]
    if len(deviating):
        lines += ["", "Deviating:", ""]
        lines += [
            f"- {r.item}, {r.quantity}: published {r.published:.4g}, ours {r.ours:.4g}" for r in deviating.itertuples()
        ]
    return lines


def _error_lines(name: str, table: pd.DataFrame) -> list[str]:
    groups = table.groupby(["learner", "experiments"], sort=False)["mse"]
    return [
        f"| {name} | {learner} | {n} | {mse.median():.3g} | {int(mse.isna().sum())} |" for (learner, n), mse in groups
    ]


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise(
            run=snakemake.params.run,
            verification=snakemake.input.verification,
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            errors=dict(zip(snakemake.params.datasets, snakemake.input.errors)),
            summary=snakemake.output.summary,
            shown=snakemake.params.shown,
        )

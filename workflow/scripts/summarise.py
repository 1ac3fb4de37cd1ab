"""Write the summary of a run: verdicts, equations learned, errors, inferred parameters; and what it was made with."""

import json
from pathlib import Path

import pandas as pd
from eqlearn.equation import Equation, read_equation
from eqlearn.execution import commit_of, machine
from eqlearn.files import write_text
from eqlearn.job import logged_to
from eqlearn.pages import write_text_page
from eqlearn.structure import to_text
from eqlearn.tables import read_table


def summarise(
    *,
    run: str,
    verification: Path | None,
    equations: dict[str, Path],
    errors: dict[str, Path],
    inference: dict[str, Path],
    networks: list[Path],
    pdes: list[Path],
    springs: list[Path],
    summary: Path,
    page: Path,
    description: Path,
    shown: dict[str, float],
    configuration: dict,
    configuration_files: list[str],
) -> None:
    """Write Markdown, and a ``description`` with the effective configuration as JSON.

    ``equations`` by ``dataset/learner.protocol/n``, printed at the parameter value ``shown`` for their dataset;
    ``verification`` is None for a run that is not compared with the publications.
    """
    commit = commit_of(Path(__file__).parents[2])
    made = {"run": run, "commit": commit, "machine": machine(), "configuration_files": configuration_files}
    write_text(description, json.dumps({**made, "configuration": configuration}, indent=1) + "\n")
    files = ", ".join(configuration_files)
    lines = [f"# Run {run}", "", f"Commit {commit}; configuration: {files}; in full: {Path(description).name}.", ""]
    if verification is not None:
        columns = ["verdict", "protocol", "item", "quantity"]
        lines += _verdict_lines(read_table(verification, ["published", "ours"], columns))
    if equations:
        lines += ["## Learned equations", ""]
    lines += [
        _equation_line(label, read_equation(path), shown[label.split("/")[0]]) for label, path in equations.items()
    ]
    if errors:
        lines += ["", "## Trajectory error", "", *_header("median MSE over the parameter", "fails to integrate")]
    for name, path in errors.items():
        lines += _error_lines(name, read_table(path, ["mse"], ["learner", "experiments"]))
    if inference:
        lines += ["", "## Relative error of inferred parameters", "", *_header("median over the parameter", "worst")]
    for name, path in inference.items():
        lines += _inference_lines(name, read_table(path, ["mean_relative_error"], ["learner", "experiments"]))
    for path in networks:
        lines += _network_lines(read_table(path, ["noise", "seed", "test_mse"], ["function", "learner"]))
    for path in pdes:
        lines += _pde_lines(read_table(path, ["noise", "seed"], ["equation", "grid", "learner", "terms"]))
    for path in springs:
        lines += _spring_lines(read_table(path, ["seed", "latent_r2", "rmse_inside"], ["task", "learner"]))
    text = "\n".join(lines) + "\n"
    write_text(summary, text)
    write_text_page(text, page)


def _equation_line(label: str, equation: Equation, value: float) -> str:
    return f"- `{label}`, {equation.parameter} = {value:g}: {to_text(equation, value)}"


def _header(*columns: str) -> list[str]:
    return _head("dataset", "learner", "experiments", *columns)


def _head(*columns: str) -> list[str]:
    """First lines of a table."""
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def _verdict_lines(verdicts: pd.DataFrame) -> list[str]:
    if not verdicts["verdict"].isin(["reproduced", "deviates"]).any():
        return []
    counts = verdicts.groupby(["protocol", "verdict"]).size()
    lines = ["## Against the publications", "", *_head("protocol", "verdict", "numbers")]
    lines += [f"| {protocol} | {verdict} | {count} |" for (protocol, verdict), count in counts.items()]
    deviating = verdicts[verdicts["verdict"] == "deviates"]
    if len(deviating):
        lines += ["", "Deviating:", ""]
        lines += [
            f"- {r.protocol}, {r.item}, {r.quantity}: published {r.published:.4g}, ours {r.ours:.4g}"
            for r in deviating.itertuples()
        ]
    return [*lines, ""]


def _error_lines(name: str, table: pd.DataFrame) -> list[str]:
    groups = table.groupby(["learner", "experiments"], sort=False)["mse"]
    return [
        f"| {name} | {learner} | {n} | {mse.median():.3g} | {int(mse.isna().sum())} |" for (learner, n), mse in groups
    ]


def _inference_lines(name: str, table: pd.DataFrame) -> list[str]:
    groups = table.groupby(["learner", "experiments"], sort=False)["mean_relative_error"]
    return [f"| {name} | {learner} | {n} | {e.median():.3g} | {e.max():.3g} |" for (learner, n), e in groups]


def _network_lines(table: pd.DataFrame) -> list[str]:
    columns = ("function", "noise", "seed", "learner", "structure right", "test MSE after the refit", "trials with it")
    lines = ["", "## Networks on functions in closed form", "", *_head(*columns)]
    return lines + [
        f"| {r.function} | {r.noise:g} | {r.seed:g} | {r.learner} | {'yes' if r.structure_right else 'no'} "
        f"| {r.test_mse:.2g} | {r.trials_right} of {r.trials} |"
        for r in table.itertuples()
    ]


def _pde_lines(table: pd.DataFrame) -> list[str]:
    columns = ("equation", "grid", "noise", "learner", "support right", "coefficient MSE", "MSE of u_t")
    lines = ["", "## Partial differential equations", "", *_head(*columns)]
    return lines + [
        f"| {r.equation} | {r.grid} | {r.noise:g} | {r.learner} | {'yes' if r.support_right else 'no'} "
        f"| {r.coefficient_mse:.2g} | {r.ut_mse:.2g} |"
        for r in table.itertuples()
    ]


def _spring_lines(table: pd.DataFrame) -> list[str]:
    columns = (
        "task",
        "seed",
        "learner",
        "structure right",
        "coefficients off by",
        "latent R²",
        "RMSE inside",
        "outside",
    )
    lines = ["", "## Images of particles", "", *_head(*columns)]
    return lines + [
        f"| {r.task} | {r.seed:g} | {r.learner} | {'yes' if r.structure_right else 'no'} "
        f"| {'' if pd.isna(r.coefficient_error) else f'{100 * r.coefficient_error:.2g} %'} | {r.latent_r2:.6f} "
        f"| {r.rmse_inside:.2g} | {r.rmse_outside:.2g} |"
        for r in table.itertuples()
    ]


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise(
            run=snakemake.params.run,
            verification=snakemake.input.verification or None,
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            errors=dict(zip(snakemake.params.datasets, snakemake.input.errors)),
            inference=dict(zip(snakemake.params.inferred, snakemake.input.inference)),
            networks=snakemake.input.networks,
            pdes=snakemake.input.pdes,
            springs=snakemake.input.springs,
            summary=snakemake.output.summary,
            page=snakemake.output.page,
            description=snakemake.output.description,
            shown=snakemake.params.shown,
            configuration=snakemake.params.configuration,
            configuration_files=snakemake.params.configuration_files,
        )

"""Write the summary of a run: verdicts, equations learned, errors, inferred parameters; and what it was made with."""

import json
from pathlib import Path

import pandas as pd
from eqlearn import summary_lines
from eqlearn.dataset import read_dataset
from eqlearn.equation import read_equation
from eqlearn.execution import commit_of, machine
from eqlearn.files import write_text
from eqlearn.job import logged_to
from eqlearn.pages import write_text_page
from eqlearn.tables import read_table


def summarise(
    *,
    run: str,
    verification: Path | None,
    equations: dict[str, Path],
    imported: list[Path],
    errors: dict[str, Path],
    inference: dict[str, Path],
    networks: list[Path],
    pdes: list[Path],
    springs: list[Path],
    verdicts: list[Path],
    summary: Path,
    page: Path,
    description: Path,
    shown: dict[str, float],
    configuration: dict,
    configuration_files: list[str],
) -> None:
    """Write Markdown, and a ``description`` with the effective configuration as JSON.

    ``imported``: users' tables as datasets; ``equations`` by ``dataset/learner.protocol/n``, printed at the parameter
    value ``shown`` for their dataset; ``verification`` is None for a run that is not compared with the publications.
    """
    commit = commit_of(Path(__file__).parents[2])
    made = {"run": run, "commit": commit, "machine": machine(), "configuration_files": configuration_files}
    write_text(description, json.dumps({**made, "configuration": configuration}, indent=1) + "\n")
    files = ", ".join(configuration_files)
    lines = [f"# Run {run}", "", f"Commit {commit}; configuration: {files}; in full: {Path(description).name}.", ""]
    if verification is not None:
        columns = ["verdict", "protocol", "item", "quantity", "explanation"]
        lines += summary_lines.verdicts(read_table(verification, ["published", "ours"], columns))
    lines += summary_lines.notes(read_dataset(path) for path in imported)
    lines += summary_lines.equations({label: read_equation(path) for label, path in equations.items()}, shown)
    columns = ["supported", "held_out", "reason"]
    tables = [
        read_table(path, ["nmse", "smoother_nmse"], ["dataset", "learner", "experiments", *columns])
        for path in verdicts
    ]
    lines += summary_lines.support(pd.concat(tables))
    text = ["learner", "experiments"]
    scored = {name: read_table(path, ["parameter_value", "mse", "nmse"], text) for name, path in errors.items()}
    lines += summary_lines.errors(scored)
    lines += summary_lines.inference(
        {name: read_table(path, ["median_relative_error"], text) for name, path in inference.items()}
    )
    for path in networks:
        lines += summary_lines.networks(read_table(path, ["noise", "seed", "test_mse"], ["function", "learner"]))
    for path in pdes:
        lines += summary_lines.pdes(read_table(path, ["noise", "seed"], ["equation", "grid", "learner", "terms"]))
    for path in springs:
        lines += summary_lines.springs(read_table(path, ["seed", "latent_r2", "rmse_inside"], ["task", "learner"]))
    whole = "\n".join(lines) + "\n"
    write_text(summary, whole)
    write_text_page(whole, page)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        summarise(
            run=snakemake.params.run,
            verification=snakemake.input.verification or None,
            equations=dict(zip(snakemake.params.labels, snakemake.input.equations)),
            imported=snakemake.input.imported,
            errors=dict(zip(snakemake.params.datasets, snakemake.input.errors)),
            inference=dict(zip(snakemake.params.inferred, snakemake.input.inference)),
            networks=snakemake.input.networks,
            pdes=snakemake.input.pdes,
            springs=snakemake.input.springs,
            verdicts=snakemake.input.verdicts,
            summary=snakemake.output.summary,
            page=snakemake.output.page,
            description=snakemake.output.description,
            shown=snakemake.params.shown,
            configuration=snakemake.params.configuration,
            configuration_files=snakemake.params.configuration_files,
        )

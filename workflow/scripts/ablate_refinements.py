"""Switch off each refinement of the refined learners alone, and score what is then learned."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.ablation import VARIATIONS, inference_errors, scores
from eqlearn.dataset import read_dataset
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.tables import write_table
from tqdm import tqdm

SHARE = 5  # every fifth parameter value of the single runs is inferred


def ablate_refinements(
    *,
    dataset: Path,
    single_runs: list[Path],
    ablation: Path,
    page: Path,
    values: list[float],
    settings: dict[str, dict],
    bounds: list[float] | None,
) -> None:
    """Write one row per variation; relative errors of inferred parameters where there are ``single_runs``."""
    data = read_dataset(dataset)
    experiments, rows = data.at(values), []
    for variation in tqdm(VARIATIONS, desc="variations", mininterval=5):
        equation = variation.learn(experiments, settings)
        row = {"dataset": data.name, "learner": variation.learner, "switched off": variation.change}
        row |= scores(equation, data)
        for path in single_runs:
            runs = read_dataset(path)
            runs = runs.select(np.isin(runs.values, np.unique(runs.values)[::SHARE]))
            row |= inference_errors(variation, equation, runs, experiments, tuple(bounds))
        rows.append(row)
    table = pd.DataFrame(rows).replace(np.inf, np.nan)  # an empty error means: fails to integrate
    write_table(table, ablation)
    write_table_page(table, page)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        ablate_refinements(
            dataset=snakemake.input.dataset,
            single_runs=snakemake.input.single_runs,
            ablation=snakemake.output.ablation,
            page=snakemake.output.page,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            bounds=snakemake.params.bounds,
        )

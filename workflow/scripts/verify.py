"""Compare every published number with ours, by criteria fixed beforehand."""

from pathlib import Path

import pandas as pd
from eqlearn import measured_numbers, paper_a
from eqlearn.job import logged_to
from eqlearn.measured_numbers import Labelled
from eqlearn.pages import write_table_page
from eqlearn.published_numbers import published_numbers
from eqlearn.tables import read_table, write_table
from eqlearn.verification import THEORY, compare, criteria_of


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
    springs: list[Path],
    averages: dict[str, Path],
    runs: dict[Path, str],
    definitions: dict[str, dict],
    verification: Path,
    page: Path,
) -> None:
    """Write verification.csv, a row per published number and protocol.

    ``errors``: trajectory errors by ``data/initial density``, which is called place. ``inference``: estimates by
    (initial density, ``learner.protocol``); ``structures``: equations per parameter value by (place, learner);
    ``equations``: the mean field and those of ES by (place, learner, number of experiments). ``steps``: rp step by
    number of experiments, by place. ``networks``: scores and coefficients of the analytic benchmarks, or nothing, and
    the learners that are compared. ``pdes``: scores and coefficients of partial differential equations, or nothing, and
    their scores under noise. ``springs``: scores and coefficients of images of springs, or nothing. ``averages``:
    simulated datasets by place. ``runs``: repeated runs of networks and published trainings, measured once and kept,
    with the digest that their code has now. ``definitions``: own functions and tasks of the compared studies, by
    ``analytic`` and ``springs``; one that differs from the benchmark whose name it bears is not compared.
    """
    criteria = criteria_of(read_table(published / "criteria.csv", ["bound"], ["pattern", "criterion", "reason"]))
    known = read_table(published / "deviations.csv", [], ["pattern", "explanation"])
    explanations = list(known[["pattern", "explanation"]].itertuples(index=False, name=None))
    targets = read_table(published / "targets.csv", ["value"], ["item", "quantity", "measured_as"])
    tables = []
    for protocol in paper_a.PROTOCOLS:
        own = [number for number in paper_a.targets(targets) if number.learned == (protocol != THEORY)]
        numbers = [*published_numbers(published, protocol), *own]
        ours = measured_numbers.kept_runs(runs, protocol, numbers)
        ours |= measured_numbers.trajectory_errors(errors, steps, protocol)
        ours |= measured_numbers.inferred_parameters(inference, protocol)
        ours |= measured_numbers.smoothing_windows(averages, protocol, numbers)
        ours |= measured_numbers.structures_alone(structures, protocol, numbers)
        ours |= measured_numbers.embedded_equations(equations, steps, protocol)
        ours |= measured_numbers.functions_by_networks(*networks, protocol, numbers, definitions["analytic"])
        ours |= measured_numbers.differential_equations(*pdes, networks[1], protocol, numbers)
        ours |= measured_numbers.springs(springs, protocol, definitions["springs"])
        ours |= paper_a.measured_targets(targets, ours)
        tables.append(compare(numbers, ours, criteria, protocol, explanations))
    table = pd.concat(tables)
    write_table(table, verification)
    write_table_page(table, page)


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
            runs=dict(zip(given.runs, params.digests)),
            definitions=params.definitions,
            springs=list(given.springs),
            pdes=(list(given.pdes), list(given.recovery)),
            verification=snakemake.output.verification,
            page=snakemake.output.page,
        )

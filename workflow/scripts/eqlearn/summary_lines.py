"""Lines of the Markdown summary of a run, section by section; a section of nothing has none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eqlearn.dataset import NOTES, ParametricDataset
from eqlearn.equation import Equation
from eqlearn.medians import median_with_error, with_error
from eqlearn.structure import to_text
from eqlearn.verdict import NOT_FOUND
from eqlearn.verification import VERDICTS

SINGLE_WINDOWS = "window_points"  # one of 500 rates, many of which have the same
_LABELS = ("dataset", "learner", "experiments")
ALONE, THEORY, REFINED = ".alone", ".theory", "oat.refined"
WORSE, ROUND_OFF = 10.0, 1e-6  # times the error of single values; share of the variance


def _table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(map(str, line))} |" for line in lines]


def _yes(right: bool) -> str:
    return "yes" if right else "no"


def verdicts(table: pd.DataFrame) -> list[str]:
    """How many published numbers are reproduced, and which are not, by explanation; nothing where none is compared."""
    if not table["verdict"].isin(["reproduced", "deviates"]).any():
        return []
    single = table["quantity"] == SINGLE_WINDOWS
    lines = ["## Against the publications", "", *counts(table[~single]), "", *map(_meaning, VERDICTS.items()), ""]
    judged = table.loc[single & table["verdict"].isin(["reproduced", "deviates"]), "verdict"]
    if len(judged):
        close = (judged == "reproduced").sum()
        lines += [f"Besides, {close} of {len(judged)} smoothing windows are within a step of the published ones.", ""]
    deviating = table[~single & (table["verdict"] == "deviates")]
    lines += ["Deviating, by explanation:", ""] if len(deviating) else []
    for explanation, rows in deviating.groupby("explanation", sort=False):
        lines += [f"- {explanation} ({len(rows)})", *map(_deviation, rows.itertuples())]
    return [*lines, ""]


def counts(table: pd.DataFrame) -> list[str]:
    """Numbers by protocol and verdict, as a table."""
    found = table.groupby(["protocol", "verdict"]).size().unstack(fill_value=0)
    columns = [verdict for verdict in VERDICTS if verdict in found]
    return _table(("protocol", *columns), found[columns].itertuples())


def _meaning(verdict: tuple[str, str]) -> str:
    return "- {}: {}".format(*verdict)


def _deviation(row: Any) -> str:
    ours = "fails to integrate" if pd.isna(row.ours) else f"ours {row.ours:.4g}"
    return f"  - {row.protocol}, {row.item}, {row.quantity}: published {row.published:.4g}, {ours}"


def notes(datasets: Iterable[ParametricDataset]) -> list[str]:
    """How runs of users' tables were taken, where this is not plain."""
    told = [str(data.attributes[NOTES]) for data in datasets if NOTES in data.attributes]
    return ["## Runs of tables", "", *(f"- {note}" for note in told), ""] if told else []


def equations(learned: Mapping[str, Equation], shown: Mapping[str, float]) -> list[str]:
    """Equations by ``dataset/learner.protocol/n``, at the parameter value ``shown`` for their dataset."""
    lines = []
    for label, equation in learned.items():
        value = shown[label.split("/")[0]]
        lines.append(f"- `{label}`, {equation.parameter} = {value:g}: {to_text(equation, value)}")
        lines += [f"  - warning: {warning}" for warning in equation.provenance.get("warnings", ())]
    return ["## Learned equations", "", *lines] if lines else []


def support(table: pd.DataFrame) -> list[str]:
    """How many learned equations data support, and those that they do not, with what was held out of them."""
    refuted = table[table["supported"] != "True"]
    found = f"{len(table) - len(refuted)} of {len(table)} learned equations are supported by what was held out of them."
    lines = ["", "## Verdicts", "", found]
    if refuted.empty:
        return lines
    columns = (*_LABELS, "held out", "error over variance", "of a smoother", "why")
    rows = [
        (r.dataset, r.learner, r.experiments, r.held_out, _number(r.nmse), _number(r.smoother_nmse), r.reason)
        for r in refuted.itertuples()
    ]
    return [*lines, "", f"The others ({NOT_FOUND}):", "", *_table(columns, rows)]


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.2g}"


def errors(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Errors of trajectories by dataset."""
    columns = (*_LABELS, "median MSE over the parameter ± standard error", "fails to integrate")
    rows = [
        (name, *label, with_error(*median_with_error(mse.fillna(np.inf))), int(mse.isna().sum()))
        for name, table in tables.items()
        for label, mse in table.groupby(["learner", "experiments"], sort=False)["mse"]
    ]
    worse = [line for name, table in tables.items() for line in _worse_than_alone(name, table)]
    warned = ["", *worse] if worse else []
    return ["", "## Trajectory error", "", *_table(columns, rows), *warned] if tables else []


def _worse_than_alone(dataset: str, table: pd.DataFrame) -> list[str]:
    """Warnings of learned equations that miss the trajectories by more than WORSE times the error of the equations of
    single values, in the median over those values, and by more than round-off."""
    errors = _errors_by_learner(table)
    single = {learner.removesuffix(ALONE): own for (learner, _), own in errors.items() if learner.endswith(ALONE)}
    if not single:
        return []
    learned = {key: own for key, own in errors.items() if not key[0].endswith((ALONE, THEORY))}
    best, lines = single.get(REFINED, next(iter(single.values()))), []
    for (learner, experiments), own in learned.items():
        alone = single.get(learner, best)
        joined, least = own.reindex(alone.index).median(), alone.median()
        if joined > WORSE * max(least, ROUND_OFF):
            lines.append(
                f"- Warning: `{dataset}/{learner}/n{experiments}` misses trajectories by {joined:.2g} of the variance, "
                f"equations of single values by {least:.2g}: this equation does not describe all of them."
            )
    return lines


def _errors_by_learner(table: pd.DataFrame) -> dict[tuple, pd.Series]:
    """Errors over the variance, infinite where an equation fails, by parameter value and run, of every learner."""
    place = [*_LABELS[1:], "parameter_value"]
    rows = table.fillna({"nmse": np.inf}).assign(run=table.groupby(place).cumcount())
    return dict(iter(rows.set_index(["parameter_value", "run"]).groupby(list(_LABELS[1:]), sort=False)["nmse"]))


def inference(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Errors of inferred parameters by dataset, from the tables of their medians."""
    quantities = ("median over the parameter ± standard error", "above the limit", "worst", "90 % intervals hold")
    rows = [
        (
            name,
            r.learner,
            r.experiments,
            with_error(r.median_relative_error, r.standard_error),
            with_error(r.above_limit, r.standard_error_above_limit),
            f"{r.worst_relative_error:.3g}",
            _coverage(r),
        )
        for name, table in tables.items()
        for r in table.itertuples()
    ]
    title = ["", "## Relative error of inferred parameters", ""]
    return [*title, *_table((*_LABELS, *quantities), rows)] if tables else []


def _coverage(row: Any) -> str:
    """What a method's intervals hold, beside what is allowed; else why it has none."""
    if pd.isna(row.coverage):
        return f"no interval: {row.interval}"
    allowed = f"allowed {row.allowed_low:.3f} to {row.allowed_high:.3f}: {row.coverage_verdict}"
    return f"{row.coverage:.3f} of {row.runs} ({allowed})"


def networks(table: pd.DataFrame) -> list[str]:
    """Networks on functions in closed form, of one study."""
    columns = ("function", "noise", "seed", "learner", "structure right", "test MSE after the refit", "trials with it")
    rows = [
        (
            r.function,
            f"{r.noise:g}",
            f"{r.seed:g}",
            r.learner,
            _yes(r.structure_right),
            f"{r.test_mse:.2g}",
            f"{r.trials_right} of {r.trials}",
        )
        for r in table.itertuples()
    ]
    return ["", "## Networks on functions in closed form", "", *_table(columns, rows)]


def pdes(table: pd.DataFrame) -> list[str]:
    """Learners of partial differential equations, of one study."""
    columns = ("equation", "grid", "noise", "learner", "support right", "coefficient MSE", "MSE of u_t")
    rows = [
        (
            r.equation,
            r.grid,
            f"{r.noise:g}",
            r.learner,
            _yes(r.support_right),
            f"{r.coefficient_mse:.2g}",
            f"{r.ut_mse:.2g}",
        )
        for r in table.itertuples()
    ]
    return ["", "## Partial differential equations", "", *_table(columns, rows)]


def springs(table: pd.DataFrame) -> list[str]:
    """Learners of images, of one study."""
    found = ("structure right", "coefficients off by", "latent R²", "RMSE inside", "outside")
    rows = [
        (
            r.task,
            f"{r.seed:g}",
            r.learner,
            _yes(r.structure_right),
            "" if pd.isna(r.coefficient_error) else f"{100 * r.coefficient_error:.2g} %",
            f"{r.latent_r2:.6f}",
            f"{r.rmse_inside:.2g}",
            f"{r.rmse_outside:.2g}",
        )
        for r in table.itertuples()
    ]
    return ["", "## Images of particles", "", *_table(("task", "seed", "learner", *found), rows)]

"""Lines of the Markdown summary of a run, section by section; a section of nothing has none."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from eqlearn.equation import Equation
from eqlearn.structure import to_text
from eqlearn.verdict import NOT_FOUND

_LABELS = ("dataset", "learner", "experiments")


def _table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(map(str, line))} |" for line in lines]


def _yes(right: bool) -> str:
    return "yes" if right else "no"


def verdicts(table: pd.DataFrame) -> list[str]:
    """How many published numbers are reproduced, and which are not; nothing where none is compared."""
    if not table["verdict"].isin(["reproduced", "deviates"]).any():
        return []
    counts = table.groupby(["protocol", "verdict"]).size()
    rows = [(*key, count) for key, count in counts.items()]
    lines = ["## Against the publications", "", *_table(("protocol", "verdict", "numbers"), rows), ""]
    deviating = [
        f"- {r.protocol}, {r.item}, {r.quantity}: published {r.published:.4g}, ours {r.ours:.4g}"
        for r in table[table["verdict"] == "deviates"].itertuples()
    ]
    return [*lines, "Deviating:", "", *deviating, ""] if deviating else lines


def equations(learned: Mapping[str, Equation], shown: Mapping[str, float]) -> list[str]:
    """Equations by ``dataset/learner.protocol/n``, at the parameter value ``shown`` for their dataset."""
    lines = []
    for label, equation in learned.items():
        value = shown[label.split("/")[0]]
        lines.append(f"- `{label}`, {equation.parameter} = {value:g}: {to_text(equation, value)}")
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
    columns = (*_LABELS, "median MSE over the parameter", "fails to integrate")
    rows = [(*label, f"{mse.median():.3g}", int(mse.isna().sum())) for label, mse in _by_learner(tables, "mse").items()]
    return ["", "## Trajectory error", "", *_table(columns, rows)] if tables else []


def inference(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Errors of inferred parameters by dataset."""
    columns = (*_LABELS, "median over the parameter", "worst")
    rows = [
        (*label, f"{error.median():.3g}", f"{error.max():.3g}")
        for label, error in _by_learner(tables, "mean_relative_error").items()
    ]
    return ["", "## Relative error of inferred parameters", "", *_table(columns, rows)] if tables else []


def _by_learner(tables: Mapping[str, pd.DataFrame], column: str) -> dict[tuple, pd.Series]:
    return {
        (name, *label): values
        for name, table in tables.items()
        for label, values in table.groupby(["learner", "experiments"], sort=False)[column]
    }


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

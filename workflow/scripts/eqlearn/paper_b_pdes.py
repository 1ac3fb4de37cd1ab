"""Paper B's tables of partial differential equations (III, IV) and ours, brought to the same names."""

import re
from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pandas as pd

from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation
from eqlearn.references import TRUE
from eqlearn.verification import Measured, Number, with_lacking

_ERRORS, _EQUATIONS = "parametric_eql_table3_pde_mse", "parametric_eql_table4_pde_equations"
SINDY_GRID = "256x256"  # of Table III's errors of SINDy
NETWORK_GRIDS = {"advection_diffusion": "256x512", "burgers": "512x256"}
_LIBRARIES = {"sindy": "yes", "sindy_linear": "no"}  # whether products are given
NETWORKS = ("seql", "heql")  # learned without products
_BASELINE = "sindy.published"  # with products
_TERM = re.compile(r"([+-][^\s·]+)·(.+?)(?= [+-][^\s·]+·|$)")  # coefficient and term of an equation written out


def published_errors(table: pd.DataFrame) -> Iterator[Number]:
    """Table III: errors of u_t and of the coefficients."""
    for row in table.itertuples():
        for quantity in ("ut_mse", "coefficient_mse"):
            item = f"{row.benchmark}/{row.cross_terms_given}/{row.method}"
            yield Number(_ERRORS, item, quantity, getattr(row, quantity))


def published_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Table IV: every coefficient, true and learned, at four values of the varying coordinate."""
    for row in table.itertuples():
        for column in (TRUE, *NETWORKS):
            equation = Equation(getattr(row, column), ("u", "u_x", "u_xx"), row.varying_coordinate, "u_t", {})
            for term, factors in effective_coefficients(equation, np.zeros(1)).items():
                item, value = f"{row.benchmark}/{column}/{row.value:.3f}", float(factors[0][0])
                yield Number(_EQUATIONS, item, term, value, learned=column != TRUE, truth=column == TRUE)


def clean(table: pd.DataFrame) -> pd.DataFrame:
    """The rows without noise, of the first seed."""
    return table[(table["noise"] == 0) & (table["seed"] == table["seed"].min())]


def measured_errors(scores: pd.DataFrame, protocol: str, learners: Collection[str]) -> dict[str, Measured]:
    """Table III from our scores: as printed in the published protocol; refined against the full truth, SINDy over 20
    terms, networks over the true ones. ``learners``: networks that are compared."""
    rows = clean(scores)
    ours = _networks(rows[rows["learner"].isin(list(learners))], rows[rows["learner"] == _BASELINE], protocol)
    for row in rows.to_dict("records"):
        name, _, own = row["learner"].partition(".")
        if own == protocol and name in _LIBRARIES and row["grid"] == SINDY_GRID:
            item = f"{_ERRORS}/{row['equation']}/{_LIBRARIES[name]}/sindy"
            definition = "as_printed" if protocol == "published" else "library"
            ours[f"{item}/ut_mse"] = Measured(row["ut_mse"])
            ours[f"{item}/coefficient_mse"] = Measured(row[f"coefficient_mse_{definition}"])
            ours[f"{item}/coefficient_mse_library"] = Measured(row["coefficient_mse_library"])
    return ours


def _networks(networks: pd.DataFrame, baseline: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """The same of networks, and their coefficient error over that of group regression on the same samples."""
    ours, column = {}, "coefficient_mse_as_printed" if protocol == "published" else "coefficient_mse_true_terms"
    known = baseline.set_index(["equation", "grid"])["coefficient_mse_true_terms"].to_dict()
    for row in networks.to_dict("records"):
        name, _, own = row["learner"].partition(".")
        place = row["equation"], row["grid"]
        if own == protocol and name in NETWORKS and np.isfinite(row[column]) and place in NETWORK_GRIDS.items():
            item = f"{_ERRORS}/{row['equation']}/no/{name}"
            ours[f"{item}/ut_mse"] = Measured(row["ut_mse"])
            ours[f"{item}/coefficient_mse"] = Measured(row[column])
            if place in known:
                ratio = row["coefficient_mse_true_terms"] / known[place]
                ours[f"{item}/coefficient_mse_over_group_regression"] = Measured(ratio)
    return ours


def measured_equations(
    coefficients: pd.DataFrame, protocol: str, learners: Collection[str], numbers: Iterable[Number]
) -> dict[str, Measured]:
    """Table IV from our networks; a published term that our equation lacks has the coefficient 0."""
    rows = clean(coefficients)
    rows = rows[rows["learner"].isin(list(learners)) & (rows["grid"] == rows["equation"].map(NETWORK_GRIDS))]
    ours, items = {}, set()
    for row in rows.itertuples():
        name, _, own = row.learner.partition(".")
        if own == protocol and name in NETWORKS:
            item = f"{_EQUATIONS}/{row.equation}/{name}/{row.parameter_value:.3f}"
            items.add(item)
            ours[f"{item}/{row.term}"] = Measured(row.value)
    return with_lacking(ours, items, numbers)


def measured_texts(table: pd.DataFrame, protocol: str, numbers: Iterable[Number]) -> dict[str, Measured]:
    """The same from our equations, written out in rows as +1.2·u -0.3·u_x."""
    rows = [
        {**row, "parameter_value": row["at"], "term": term, "value": float(value)}
        for row in table.to_dict("records")
        for value, term in _TERM.findall(row["u_t"])
    ]
    columns = [*table.columns, "parameter_value", "term", "value"]
    return measured_equations(pd.DataFrame(rows, columns=columns), protocol, set(table["learner"]), numbers)


def measured_runs(table: pd.DataFrame, seeds: int) -> dict[str, Measured]:
    """Right supports by network from a record of repeated runs without noise on the networks' grids, pooled over both
    equations once each has all seeds."""
    rows, ours = table[(table["noise"] == 0) & (table["grid"] == table["equation"].map(NETWORK_GRIDS))], {}
    for learner, own in rows.groupby("learner"):
        counts = own.groupby("equation")["support_right"].agg(["sum", "count"])
        if len(counts) == len(NETWORK_GRIDS) and (counts["count"] == seeds).all():
            ours[f"pde_network_runs/{learner.split('.')[0]}/pooled/support_right"] = Measured(
                float(counts["sum"].sum())
            )
    return ours


def measured_recovery(draws: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """Mean coefficient error and share of right supports under noise, over the draws."""
    ours = {}
    for (equation, noise, learner), rows in draws.groupby(["equation", "noise", "learner"]):
        if learner == f"sindy.{protocol}":
            item = f"{_ERRORS}/{equation}/noise{noise:g}/sindy"
            for quantity in ("coefficient_mse_library", "support_right"):
                ours[f"{item}/{quantity}"] = Measured(float(rows[quantity].mean()), runs=len(rows))
    return ours


def measured_truth(coefficients: pd.DataFrame) -> dict[str, Measured]:
    """The true equations of Table IV from those that we solve."""
    rows = clean(coefficients)
    rows = rows[(rows["learner"] == TRUE) & (rows["grid"] == SINDY_GRID)]
    place = f"{_EQUATIONS}/{{}}/{TRUE}/{{:.3f}}/{{}}".format
    return {place(row.equation, row.parameter_value, row.term): Measured(row.value) for row in rows.itertuples()}


def side_by_side(scores: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Table III as printed and corrected: all our scores without noise, and the published rows beside or below."""
    ours = clean(scores).drop(columns=["noise", "seed"])
    rows = []
    for row in published.itertuples():
        linear = row.method == "sindy" and row.cross_terms_given == "no"
        grid = SINDY_GRID if row.method == "sindy" else NETWORK_GRIDS[row.benchmark]
        there = ours.loc[(ours["equation"] == row.benchmark) & (ours["grid"] == grid), "learner"]
        learners = [f"sindy{'_linear' if linear else ''}.published"]
        if row.method != "sindy":
            given = row.cross_terms_given == "yes"
            learners = [] if given else [name for name in there if name.startswith(f"{row.method}.")]
            learners = learners or [f"{row.method}, products {'given' if given else 'not given'}"]
        for learner in learners:
            key = {"equation": row.benchmark, "grid": grid, "learner": learner}
            rows.append({**key, "published_ut_mse": row.ut_mse, "published_coefficient_mse": row.coefficient_mse})
    merged = ours.merge(pd.DataFrame(rows), how="outer", on=["equation", "grid", "learner"], sort=False)
    order = {name: k for k, name in enumerate(dict.fromkeys(ours["equation"]))}
    return merged.sort_values("equation", key=lambda names: names.map(order), kind="stable")

"""Paper B's tables of partial differential equations (III, IV) and ours, brought to the same names."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from eqlearn.equation import Equation
from eqlearn.structure import effective_coefficients
from eqlearn.verification import TRUE, Measured, Number

_ERRORS, _EQUATIONS = "parametric_eql_table3_pde_mse", "parametric_eql_table4_pde_equations"
SINDY_GRID = "256x256"  # of Table III's errors of SINDy
NETWORK_GRIDS = {"advection_diffusion": "256x512", "burgers": "512x256"}
_LIBRARIES = {"sindy": "yes", "sindy_linear": "no"}  # whether products are given


def published_errors(table: pd.DataFrame) -> Iterator[Number]:
    """Table III: errors of u_t and of the coefficients."""
    for row in table.itertuples():
        for quantity in ("ut_mse", "coefficient_mse"):
            item = f"{row.benchmark}/{row.cross_terms_given}/{row.method}"
            yield Number(_ERRORS, item, quantity, getattr(row, quantity))


def published_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Table IV: every coefficient, true and learned, at four values of the varying coordinate."""
    for row in table.itertuples():
        for column in (TRUE, "seql", "heql"):
            equation = Equation(getattr(row, column), ("u", "u_x", "u_xx"), row.varying_coordinate, "u_t", {})
            for term, factors in effective_coefficients(equation, np.zeros(1)).items():
                yield Number(_EQUATIONS, f"{row.benchmark}/{column}/{row.value:.3f}", term, float(factors[0][0]))


def clean(table: pd.DataFrame) -> pd.DataFrame:
    """The rows without noise."""
    return table[table["noise"] == 0]


def measured_errors(scores: pd.DataFrame, protocol: str) -> dict[str, Measured]:
    """Table III from our scores: as printed in the published protocol; refined against the full truth over 20 terms."""
    ours = {}
    for row in clean(scores).to_dict("records"):
        name, _, own = row["learner"].partition(".")
        if own == protocol and name in _LIBRARIES and row["grid"] == SINDY_GRID:
            item = f"{_ERRORS}/{row['equation']}/{_LIBRARIES[name]}/sindy"
            definition = "as_printed" if protocol == "published" else "library"
            ours[f"{item}/ut_mse"] = Measured(row["ut_mse"])
            ours[f"{item}/coefficient_mse"] = Measured(row[f"coefficient_mse_{definition}"])
            ours[f"{item}/coefficient_mse_library"] = Measured(row["coefficient_mse_library"])
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
        learner = f"sindy{'_linear' if linear else ''}.published" if row.method == "sindy" else row.method
        products = (
            "" if row.method == "sindy" else f", products {'given' if row.cross_terms_given == 'yes' else 'not given'}"
        )
        grid = SINDY_GRID if row.method == "sindy" else NETWORK_GRIDS[row.benchmark]
        key = {"equation": row.benchmark, "grid": grid, "learner": learner + products}
        rows.append({**key, "published_ut_mse": row.ut_mse, "published_coefficient_mse": row.coefficient_mse})
    merged = ours.merge(pd.DataFrame(rows), how="outer", on=["equation", "grid", "learner"], sort=False)
    order = {name: k for k, name in enumerate(dict.fromkeys(ours["equation"]))}
    return merged.sort_values("equation", key=lambda names: names.map(order), kind="stable")

"""Tabulate errors (paper B, Table III, as printed and corrected) and equations (Table IV) beside the published ones."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.paper_b_pdes import clean, side_by_side
from eqlearn.tables import read_table, write_table

SHOWN = (1 / 16, 5 / 16, 9 / 16, 13 / 16)  # of the varying coordinate's values: those of Table IV


def tabulate_pdes(
    *,
    scores: Path,
    coefficients: Path,
    published_errors: Path,
    published_equations: Path,
    errors: Path,
    errors_page: Path,
    equations: Path,
    equations_page: Path,
) -> None:
    """Write both tables, and as pages."""
    printed = read_table(published_errors, ["ut_mse", "coefficient_mse"], ["benchmark", "cross_terms_given", "method"])
    ours = read_table(scores, ["noise", "seed"], ["equation", "grid", "learner"])
    compared = side_by_side(ours, printed)
    write_table(compared, errors)
    write_table_page(compared, errors_page)
    text = ["equation", "grid", "learner", "term", "coordinate"]
    lines = _equations(clean(read_table(coefficients, ["parameter_value", "value", "noise", "seed"], text)))
    lines = lines.merge(_printed(read_table(published_equations, ["value"], ["benchmark"])), "left", ["equation", "at"])
    write_table(lines, equations)
    write_table_page(lines.drop(columns=["noise", "seed"]), equations_page)


def _equations(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (equation, grid, learner), group in table.groupby(["equation", "grid", "learner"], sort=False):
        values = group["parameter_value"].drop_duplicates().to_numpy()
        for value in values[[round(share * len(values)) for share in SHOWN]]:
            own = group[group["parameter_value"] == value]
            text = " ".join(f"{row.value:+.4g}·{row.term}" for row in own.itertuples())
            row = {"equation": equation, "grid": grid, **group[["noise", "seed", "coordinate"]].iloc[0]}
            rows.append({**row, "at": f"{value:.3f}", "learner": learner, "u_t": text})
    return pd.DataFrame(rows)


def _printed(table: pd.DataFrame) -> pd.DataFrame:
    keys = {"equation": table["benchmark"], "at": table["value"].map("{:.3f}".format)}
    return pd.DataFrame({**keys, **{f"published {name}": table[name] for name in ("true", "seql", "heql")}})


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_pdes(**dict(snakemake.input.items()), **dict(snakemake.output.items()))

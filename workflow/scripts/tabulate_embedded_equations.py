"""Tabulate the equations learned by ES ME-EQL beside the published ones (T1)."""

from pathlib import Path

import pandas as pd
from eqlearn.coefficients import Constant
from eqlearn.equation import Equation, read_equation
from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.paper_a import by_place
from eqlearn.references import PUBLICATION
from eqlearn.structure import to_text
from eqlearn.tables import write_table
from eqlearn.terms import powers_of

DIGITS = 4


def tabulate_embedded_equations(
    *, equations: dict[tuple[str, str, str], Path], places: dict[str, str], published: Path, table: Path, page: Path
) -> None:
    """Write one row per dataset and number of experiments, one column per learner, and one for the publication.

    ``equations`` by dataset, learner and number of experiments; ``places``: where a dataset stands in the publication,
    as ``data/initial density``, by dataset.
    """
    texts = {key: to_text(read_equation(path), digits=DIGITS) for key, path in equations.items()}
    learners = dict.fromkeys(learner for _, learner, _ in texts)
    theirs = _published(published)
    rows = [
        {"dataset": name, "experiments": n, PUBLICATION: theirs.get((places.get(name), n), "")}
        | {learner: texts.get((name, learner, n), "") for learner in learners}
        for name, n in dict.fromkeys((name, n) for name, _, n in texts)
    ]
    learned = pd.DataFrame(rows, columns=["dataset", "experiments", PUBLICATION, *learners])
    write_table(learned, table)
    write_table_page(learned, page)


def _published(path: Path) -> dict[tuple[str, str], str]:
    """Text of every published equation by place and number of experiments."""
    table = by_place(path, ["power_of_c", "coefficient_of_rp_c_power"], ["n_experiments"])
    return {key: to_text(_equation(rows), digits=DIGITS) for key, rows in table.groupby(["place", "n_experiments"])}


def _equation(rows: pd.DataFrame) -> Equation:
    terms = powers_of("C", [int(power) for power in rows["power_of_c"]])
    values = {name: Constant(float(value)) for name, value in zip(terms, rows["coefficient_of_rp_c_power"])}
    return Equation(f"p*({' + '.join(terms.values())})", ("C",), "r_p", "dC/dt", values)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_embedded_equations(
            equations={tuple(label): path for label, path in zip(snakemake.params.labels, snakemake.input.equations)},
            places=snakemake.params.places,
            published=snakemake.input.published,
            table=snakemake.output.table,
            page=snakemake.output.page,
        )

"""Tabulate where paper, authors' code and data disagree, for the report."""

from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.pages import write_table_page
from eqlearn.tables import read_table, write_table

COLUMNS = ["subject", "paper", "authors' code or data", "here"]


def tabulate_disagreements(*, known: Path, disagreements: Path, page: Path) -> None:
    """Write the table of known disagreements, checked to be complete."""
    table = read_table(known, [], COLUMNS)[COLUMNS]
    write_table(table, disagreements)
    write_table_page(table, page)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_disagreements(
            known=snakemake.input.known,
            disagreements=snakemake.output.disagreements,
            page=snakemake.output.page,
        )

"""Tables of what a user sees, kept in results/record/: a test states a row, and the row that is kept must be the same.

With EQLEARN_RECORD set the row is written instead (`make record`).
"""

import csv
import os
from pathlib import Path

RECORD = Path(__file__).parents[1] / "results" / "record"


def kept(table: str) -> dict[str, dict[str, str]]:
    """Rows of a table by their first column."""
    path = RECORD / f"{table}.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


def check_row(table: str, **row: object) -> None:
    """Compare a row with the one that is kept under the same first column, or keep it."""
    name, text = str(next(iter(row.values()))), {key: str(value) for key, value in row.items()}
    rows = kept(table)
    if not os.environ.get("EQLEARN_RECORD"):
        assert rows.get(name) == text, f"results/record/{table}.csv has another row for {name!r}; make record keeps it"
        return
    rows[name] = text
    with (RECORD / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(text), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))

"""Tidy CSV tables: complete or absent, the same bytes for the same content, checked when read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from eqlearn.errors import InputError
from eqlearn.files import replacing


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a CSV without index, numbers without loss."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_table(path: str | Path, numeric: Sequence[str] = (), text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV that must have these columns; InputError names file, row and column of the first fault.

    Numbers must be finite or empty. Rows count from 2, as an editor shows them below the header.
    """
    try:
        table = pd.read_csv(path, dtype={name: str for name in text}, low_memory=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as CSV ({str(error).strip()}).") from error
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes a surplus column for an index
        raise InputError(f"{path}: row 2 has more columns than the header.")
    missing = [name for name in (*numeric, *text) if name not in table.columns]
    if missing:
        raise InputError(f"{path}: lacks column {', '.join(missing)}; it has {', '.join(map(str, table.columns))}.")
    for name in numeric:
        values = pd.to_numeric(table[name], errors="coerce")
        bad = np.flatnonzero((values.isna() & table[name].notna()) | np.isinf(values))
        if bad.size:
            found = str(table[name].iloc[bad[0]])
            raise InputError(f"{path}: row {_line(path, bad[0])}, column {name}: {found!r} is no finite number.")
        table[name] = values
    return table


def _line(path: str | Path, row: int) -> int:
    """Line of a table's row in the file, below the header; blank lines are no rows."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if line.strip()][row + 1]

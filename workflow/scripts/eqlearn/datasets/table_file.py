"""A user's table as it lies on disk, read strictly: CSV (comma, semicolon or tab; byte-order mark; .gz) or Parquet."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd

from eqlearn.errors import InputError

SEPARATORS = (",", ";", "\t")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, UnicodeError, ValueError)


@dataclass(frozen=True)
class Columns:
    """Names of a table's columns by role; rate and replicate may be absent. ``ignore``: others that do not matter."""

    parameter: str
    time: str
    state: str
    rate: str | None = None
    replicate: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def present(self) -> dict[str, str]:
        """Names by role, without absent ones."""
        names = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ignore"}
        return {role: name for role, name in names.items() if name is not None}


@dataclass(frozen=True)
class Rows:
    """Columns (N,) by role, all finite numbers; 'replicate' holds whole numbers, one for each distinct entry.

    ``others``: columns without a role by name, as such whole numbers, -1 where there is no entry.
    """

    path: Path
    columns: dict[str, np.ndarray]
    separator: str | None
    others: dict[str, np.ndarray] = field(default_factory=dict)

    def line(self, row: int) -> int:
        """Where a row stands: line of the file as an editor shows it; of a Parquet file, the row counted from 1."""
        if self.separator is None:
            return int(row) + 1
        return next(line for k, (line, _) in enumerate(_records(self.path, self.separator)) if k == row + 1)


def read_rows(path: str | Path, columns: Columns) -> Rows:
    """The columns of a table. InputError names file, row and column of the first fault."""
    path = Path(path)
    read = _read_parquet if path.suffix.lower() in (".parquet", ".pq") else _read_csv
    try:
        table, separator = read(path, columns)
    except _UNREADABLE as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: cannot be read as a table ({_one_line(error)}).") from error
    if table.empty:
        raise InputError(f"{path}: has a header but no rows.")
    rows = Rows(path, {}, separator)
    for role, name in columns.present.items():
        column = table[name]
        rows.columns[role] = _codes(rows, name, column) if role == "replicate" else _numbers(rows, name, column, role)
    known = {*columns.present.values(), *columns.ignore}
    others = [(name, table.iloc[:, place]) for place, name in enumerate(table.columns) if name not in known]
    rows.others.update({name: pd.factorize(column.astype(str).where(column.notna()))[0] for name, column in others})
    return rows


def _one_line(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is no UTF-8 text"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _open(path: Path) -> TextIO:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    return opened(path, "rt", encoding="utf-8-sig", newline="")


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of the header and of every row; blank lines are none, as pandas has it."""
    with _open(path) as text:
        reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                yield reader.line_num, record


def _read_csv(path: Path, columns: Columns) -> tuple[pd.DataFrame, str]:
    wanted = set(columns.present.values())
    headers = [(separator, next(_records(path, separator), (0, []))[1]) for separator in SEPARATORS]
    headers = [(separator, [name.strip() for name in header]) for separator, header in headers]
    separator, header = max(headers, key=lambda found: (len(wanted & set(found[1])), len(found[1])))
    if not header:
        raise InputError(f"{path}: is empty.")
    _require_columns(path, header, columns)
    options = {"sep": separator, "encoding": "utf-8-sig", "skipinitialspace": True, "low_memory": False}
    try:
        table = pd.read_csv(path, **options)
    except pd.errors.ParserError:
        _refuse_uneven(path, separator, len(header))
        raise
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes a surplus column for an index
        _refuse_uneven(path, separator, len(header))
    return table.set_axis(header, axis=1), separator


def _refuse_uneven(path: Path, separator: str, width: int) -> None:
    for line, record in _records(path, separator):
        if len(record) > width:
            raise InputError(
                f"{path}: row {line} has {len(record)} columns, the header {width}; decimals need a point."
            )


def _read_parquet(path: Path, columns: Columns) -> tuple[pd.DataFrame, None]:
    from fastparquet import ParquetFile  # slow to import, and rarely needed

    try:
        file = ParquetFile(io.BytesIO(path.read_bytes()))  # by name, it would leave the file open
        _require_columns(path, file.columns, columns)
        return file.to_pandas().reset_index(drop=True), None
    except InputError:
        raise
    except Exception as error:  # fastparquet has errors of its own, and of the libraries that it uses
        raise InputError(f"{path}: cannot be read as Parquet ({_one_line(error)}).") from error


def _require_columns(path: Path, header: list[str], columns: Columns) -> None:
    for role, name in columns.present.items():
        if header.count(name) > 1:
            raise InputError(f"{path}: has {header.count(name)} columns named {name!r} ({role}), needs exactly one.")
        if name not in header:
            close = get_close_matches(name, header, n=1)
            hint = f"did you mean {close[0]!r}? It has" if close else "it has"
            raise InputError(f"{path}: has no column {name!r} ({role}); {hint} {', '.join(header)}.")


def _numbers(rows: Rows, name: str, column: pd.Series, role: str) -> np.ndarray:
    if column.dtype.kind in "iuf":
        values = column.to_numpy(float, na_value=np.nan)
    else:
        text = column.astype(object).map(str).str.strip()
        values = np.array([float(item) if _NUMBER.fullmatch(item) else np.nan for item in text])
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        found = column.iloc[bad[0]]
        hint = "; a parameter of names needs a number for each of them" if role == "parameter" else ""
        raise InputError(f"{rows.path}: row {rows.line(bad[0])}, column {name}: {_complaint(found)}{hint}.")
    return values


def _complaint(found: object) -> str:
    if pd.isna(found):
        return "is empty or NaN, must be a finite number"
    comma = re.fullmatch(r"[+-]?\d*,\d+", str(found).strip())
    return f"{str(found)!r} is no finite number" + ("; decimals need a point" if comma else "")


def _codes(rows: Rows, name: str, column: pd.Series) -> np.ndarray:
    codes = pd.factorize(column)[0]
    if (codes < 0).any():
        raise InputError(
            f"{rows.path}: row {rows.line(np.argmin(codes))}, column {name}: is empty, must name a replicate."
        )
    return codes

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

import numpy as np
import pandas as pd

from eqlearn.errors import InputError
from eqlearn.limits import allowed, require_size
from eqlearn.names import require_printable, shown

SEPARATORS = (",", ";", "\t")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"(?!(?i:nan|inf|infinity)$)[^\W\d_].*")  # such as the name of a strain
_UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, UnicodeError, ValueError)
_SMALLEST, _LARGEST = 1e-100, 1e100  # sizes whose squares and quotients are numbers still
_LONG = 40  # characters of a cell that are shown
_PACKED = {b"PK\x03\x04": "a zip archive", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_PACKED |= {b"PAR1": "Parquet", b"\xd0\xcf\x11\xe0": "an Excel workbook", b"\x89HDF": "HDF5", b"\x1f\x8b": "gzip"}
_SUFFIXES = (".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".xls", ".xlsx", ".ods", ".feather")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16


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
        return next(line for k, (line, _) in enumerate(_records(_text(self.path), self.separator)) if k == row + 1)


def read_rows(path: str | Path, columns: Columns) -> Rows:
    """The columns of a table. InputError names file, row and column of the first fault."""
    path = Path(path)
    for role, name in columns.present.items():
        require_printable(f"{path}: column of the {role}", name)
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
        numbers = _codes(rows, name, table[name]) if role == "replicate" else _numbers(rows, name, table[name], role)
        rows.columns[role] = numbers
        if role != "replicate":
            _require_sizes(rows, name, numbers)
    known = {*columns.present.values(), *columns.ignore}
    others = [(name, table.iloc[:, place]) for place, name in enumerate(table.columns) if name not in known]
    rows.others.update({name: pd.factorize(column.astype(str).where(column.notna()))[0] for name, column in others})
    return rows


def _one_line(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is no UTF-8 text"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _text(path: Path) -> str:
    """The text of a CSV file, unpacked where it is named .gz; InputError for text that is no CSV."""
    if path.suffix.lower() in _SUFFIXES:
        raise InputError(f"{path}: is named {path.suffix}, must be CSV (as it is, or as .gz) or Parquet.")
    size = path.stat().st_size
    with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
        content = file.read(allowed(size) + 1)
    require_size(path, len(content), size)
    packed = [kind for mark, kind in _PACKED.items() if content.startswith(mark)]
    if packed:
        raise InputError(f"{path}: is {packed[0]} by its content, must be CSV (as it is, or as .gz) or Parquet.")
    if content.startswith(_MARKS) or b"\0" in content:
        raise InputError(f"{path}: is UTF-16, or holds NUL characters; save it as UTF-8 text.")
    return content.decode("utf-8-sig")


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of the header and of every row; blank lines are none, as pandas has it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    for record in reader:
        if len(record) > 1 or (record and record[0].strip()):
            yield reader.line_num, record


def _read_csv(path: Path, columns: Columns) -> tuple[pd.DataFrame, str]:
    wanted, text = set(columns.present.values()), _text(path)
    headers = [(separator, next(_records(text, separator), (0, []))[1]) for separator in SEPARATORS]
    headers = [(separator, [name.strip() for name in header]) for separator, header in headers]
    separator, header = max(headers, key=lambda found: (len(wanted & set(found[1])), len(found[1])))
    if not header:
        raise InputError(f"{path}: is empty.")
    _require_columns(path, header, columns)
    options = {"sep": separator, "skipinitialspace": True, "low_memory": False}
    try:
        table = pd.read_csv(io.StringIO(text, newline=""), **options)
    except pd.errors.ParserError:
        _refuse_uneven(path, text, separator, len(header))
        raise
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes a surplus column for an index
        _refuse_uneven(path, text, separator, len(header))
    return table.set_axis(header, axis=1), separator


def _refuse_uneven(path: Path, text: str, separator: str, width: int) -> None:
    for line, record in _records(text, separator):
        if len(record) > width:
            raise InputError(
                f"{path}: row {line} has {len(record)} columns, the header {width}; decimals need a point."
            )


def _read_parquet(path: Path, columns: Columns) -> tuple[pd.DataFrame, None]:
    from eqlearn.datasets.parquet_file import opened, read_columns  # slow to import, and rarely needed

    try:
        file = opened(path)
        _require_columns(path, file.columns, columns)
        numeric = [name for role, name in columns.present.items() if role != "replicate"]
        names = [name for name in file.columns if name not in columns.ignore]
        return read_columns(path, file, names, numeric), None
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
            raise InputError(f"{path}: has no column {name!r} ({role}); {hint} {', '.join(map(shown, header))}.")


def _numbers(rows: Rows, name: str, column: pd.Series, role: str) -> np.ndarray:
    if column.dtype.kind in "iuf":
        values = column.to_numpy(float, na_value=np.nan)
    else:
        text = column.astype(object).map(str).str.strip()
        values = np.array([float(item) if _NUMBER.fullmatch(item) else np.nan for item in text])
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        found = column.iloc[bad[0]]
        named = role == "parameter" and _WORD.fullmatch(str(found).strip())
        hint = "; a parameter of names needs a number for each of them" if named else ""
        raise InputError(f"{rows.path}: row {rows.line(bad[0])}, column {name}: {_complaint(found)}{hint}.")
    return values


def _complaint(found: object) -> str:
    if pd.api.types.is_scalar(found) and pd.isna(found):
        return "is empty or NaN, must be a finite number"
    text = str(found).strip()
    comma = re.fullmatch(r"[+-]?\d*,\d+", text)
    cut = text if len(text) <= _LONG else f"{text[:_LONG]}..."
    return f"{cut!r} is no finite number" + ("; decimals need a point" if comma else "")


def _require_sizes(rows: Rows, name: str, values: np.ndarray) -> None:
    """The largest number must have a square: learners take sums of them."""
    row = int(np.argmax(np.abs(values)))
    if values[row] and not _SMALLEST <= abs(values[row]) <= _LARGEST:
        raise InputError(
            f"{rows.path}: row {rows.line(row)}, column {name}: the largest number is {values[row]:g}, its size must "
            f"be between {_SMALLEST:g} and {_LARGEST:g}; use another unit."
        )


def _codes(rows: Rows, name: str, column: pd.Series) -> np.ndarray:
    codes = pd.factorize(column)[0]
    if (codes < 0).any():
        raise InputError(
            f"{rows.path}: row {rows.line(np.argmin(codes))}, column {name}: is empty, must name a replicate."
        )
    return codes

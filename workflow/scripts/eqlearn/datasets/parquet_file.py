"""Columns of a Parquet file, as the numbers that they are: times of any kind have no unit that a table could state."""

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from eqlearn.datasets.arrow_types import times_of
from eqlearn.errors import InputError
from eqlearn.limits import require_size

_MARK = b"PAR1"  # at both ends of a whole file
_BYTES = 8  # a number in memory
_TIMES = {"DATE": "dates", "TIME": "times of day", "TIMESTAMP": "timestamps", "INTERVAL": "intervals"}
_PANDAS = {"timedelta": "durations", "datetime": "timestamps", "date": "dates", "time": "times of day"}


def opened(path: Path) -> Any:
    """The file, of which nothing but the metadata is read yet."""
    from fastparquet import ParquetFile  # slow to import, and rarely needed

    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little")  # bytes of the metadata, which fastparquet does not check
    if content[:4] != _MARK or content[-4:] != _MARK or not 0 < footer <= len(content) - 12:
        raise InputError(f"{path}: cannot be read as Parquet, or is truncated.")
    file = ParquetFile(io.BytesIO(content))  # by name, it would leave the file open
    if any(column.file_path for group in file.row_groups for column in group.columns):
        raise InputError(f"{path}: keeps columns in other files, must be one whole file.")
    return file


def read_columns(path: Path, file: Any, names: list[str], numeric: list[str]) -> pd.DataFrame:
    """The columns of an opened file, those of its index too.

    InputError for times where numbers are needed, and for more rows than the file can hold.
    """
    times = _times(file)
    timed = [name for name in numeric if name in times]
    if timed:
        raise InputError(
            f"{path}: column {timed[0]} holds {times[timed[0]]}, must hold numbers; divide by the unit of time first."
        )
    rows = sum(group.num_rows for group in file.row_groups)
    require_size(path, rows * len(names) * _BYTES, path.stat().st_size)
    return file.to_pandas(columns=names, index=False)[names].reset_index(drop=True)


def _times(file: Any) -> dict[str, str]:
    """What columns hold that are times of any kind, by name, whoever wrote the file."""
    from fastparquet.parquet_thrift import ConvertedType

    known = {value: name for name, value in vars(ConvertedType).items() if not name.startswith("_")}
    told, found = file.key_value_metadata, {}
    for element in file.schema.schema_elements[1:]:
        kind = str(known.get(element.converted_type, "")).split("_")[0]
        logical = [name for name in _TIMES if getattr(element.logicalType, name, None) is not None]
        held = [_TIMES[name] for name in (kind, *logical) if name in _TIMES]
        found |= {element.name: held[0]} if held else {}
    for column in json.loads(told.get("pandas", "{}")).get("columns", []):
        held = _PANDAS.get(str(column.get("pandas_type")).rstrip("0123456789tz"))
        found |= {} if held is None else {str(column.get("field_name", column["name"])): held}
    return found | (times_of(told["ARROW:schema"]) if "ARROW:schema" in told else {})

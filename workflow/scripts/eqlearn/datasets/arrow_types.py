"""What Arrow wrote a Parquet column as: Parquet itself keeps durations as plain whole numbers, in a unit of its own.

The schema lies in the file's metadata as a flatbuffer (github.com/apache/arrow, format/Schema.fbs); these few lines
read names and types without the library.
"""

import base64
import struct

_NAMES = {8: "dates", 9: "times of day", 10: "timestamps", 11: "intervals", 18: "durations"}  # of the union Type
_HEADER, _FIELDS = 2, 1  # places in the tables Message and Schema
_NAME, _TYPE = 0, 2  # and in Field


class _Table:
    """A table of a flatbuffer: fields are found by an offset from its start, or are absent."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._places = at - _number("<i", data, at)

    def place(self, field: int) -> int | None:
        """Where a field lies."""
        entry = 4 + 2 * field
        if entry >= _number("<H", self._data, self._places):
            return None
        offset = _number("<H", self._data, self._places + entry)
        return self._at + offset if offset else None

    def follow(self, field: int) -> int | None:
        """Where what a field points to lies."""
        place = self.place(field)
        return None if place is None else place + _number("<I", self._data, place)


def _number(form: str, data: bytes, at: int) -> int:
    return struct.unpack_from(form, data, at)[0]


def times_of(schema: str) -> dict[str, str]:
    """What columns hold that Arrow wrote as times of any kind, by name: 'durations', 'dates' ...

    ``schema``: the text that Parquet files keep as ARROW:schema. struct.error, ValueError or IndexError for no such.
    """
    data = base64.b64decode(schema, validate=True)
    data = data[8 if data[:4] == b"\xff\xff\xff\xff" else 4 :]
    header = _Table(data, _number("<I", data, 0)).follow(_HEADER)
    vector = None if header is None else _Table(data, header).follow(_FIELDS)
    if vector is None:
        return {}
    places = [vector + 4 + 4 * k for k in range(min(_number("<I", data, vector), len(data)))]
    found = (_described(data, _Table(data, place + _number("<I", data, place))) for place in places)
    return {name: held for name, held in found if held is not None}


def _described(data: bytes, field: _Table) -> tuple[str, str | None]:
    name, kind = field.follow(_NAME), field.place(_TYPE)
    text = "" if name is None else data[name + 4 : name + 4 + _number("<I", data, name)].decode()
    return text, None if kind is None else _NAMES.get(data[kind])

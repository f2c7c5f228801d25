"""Exports as text: NDJSON, and CSV as RFC 4180 has it."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from app.exporting.columns import Columns
from app.exporting.kinds import Kind
from app.exporting.records import Record

_QUOTED = frozenset(',"\r\n')
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = Callable[[Any], str]


class LineWriter:
    """Writes NDJSON: one record a line, each line ended by a line feed."""

    def write(self, records: Sequence[Record]) -> bytes:
        return b"".join([record.line() + b"\n" for record in records])

    def end(self) -> bytes:
        return b""


class CsvWriter:
    """Writes CSV in UTF-8: a line of names first, lines ended by CR LF, quotes doubled within quotes.

    Nothing is an empty cell, and an empty text is a quoted one: "".
    defused: text that a spreadsheet would take for a formula gets an apostrophe in front.
    """

    def __init__(self, columns: Columns, *, defused: bool = False) -> None:
        self._columns = columns
        text = _defused if defused else _quoted
        self._cells = [_cell(column.kind, text) for column in columns.all]
        names = ",".join(text(column.name) for column in columns.all)
        self._ahead = f"{names}\r\n".encode()

    def write(self, records: Sequence[Record]) -> bytes:
        cells, row = self._cells, self._columns.row
        lines = [
            ",".join(["" if value is None else cell(value) for cell, value in zip(cells, values, strict=True)])
            for values in (row(record.object()) for record in records)
        ]
        return self._begun() + "".join([f"{line}\r\n" for line in lines]).encode()

    def end(self) -> bytes:
        return self._begun()

    def _begun(self) -> bytes:
        """The line of names, once."""
        ahead, self._ahead = self._ahead, b""
        return ahead


def _cell(kind: Kind, text: Cell) -> Cell:
    match kind:
        case Kind.BOOLEAN | Kind.NUMBER:
            return _json
        case Kind.INTEGER:
            return _whole
        case Kind.SUM:
            return str
        case Kind.JSON:
            return lambda value: text(_json(value))
    return text


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _whole(value: Any) -> str:
    return str(int(value))


def _quoted(text: str) -> str:
    """Quoted where that is needed: also where it is empty, or begins or ends with a blank."""
    if not text or text[0] == " " or text[-1] == " " or not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _defused(text: str) -> str:
    return _quoted(f"'{text}" if text.startswith(_FORMULA) else text)

"""Exports as tables with types: Parquet, and the file format of Apache Arrow. Written by pyarrow.

Both are written in groups of rows, and end with a footer that says where each group is: a file that was cut
off is no file. Import this where pyarrow is known to be installed.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from app.exporting.columns import Column, Columns
from app.exporting.kinds import Kind
from app.exporting.records import Record

BATCH_BYTES = 2 * 2**20
"""Rows of about so much JSON are made into arrays, which take a fraction of the memory."""

GROUP_ROWS = 64 * 1024
GROUP_BYTES = 16 * 2**20
"""A row group of Parquet is written when it has so many rows, or its arrays so many bytes."""

_TYPES = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DATE: pa.date32(),
    Kind.JSON: pa.string(),
    Kind.SUM: pa.float64(),
}
_CONVERT: dict[Kind, Callable[[Any], Any]] = {
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.SUM: float,
    Kind.TIME: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
    Kind.JSON: lambda value: orjson.dumps(value).decode(),
}


class TableWriter:
    """Writes a file of the format "parquet" or "arrow"."""

    def __init__(self, columns: Columns, format: str) -> None:
        self._columns = columns
        self._schema = pa.schema([(column.name, _TYPES[column.kind]) for column in columns.all])
        self._is_grouped = format == "parquet"
        self._sink = _Sink()
        sink = pa.PythonFile(self._sink, mode="w")
        if self._is_grouped:
            self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd")
        else:
            self._writer = pa.ipc.new_file(sink, self._schema)
        self._rows: list[list[Any]] = []
        self._bytes = 0
        self._batches: list[pa.RecordBatch] = []

    def write(self, records: Sequence[Record]) -> bytes:
        for record in records:
            self._rows.append(self._columns.row(record.object()))
            self._bytes += len(record.line())
            if self._bytes >= BATCH_BYTES:
                self._gather()
        return self._sink.taken()

    def end(self) -> bytes:
        self._gather()
        self._flush()
        self._writer.close()
        return self._sink.taken()

    def _gather(self) -> None:
        """Make arrays of the rows, and write them when there are enough."""
        if self._rows:
            arrays = map(_array, self._columns.all, zip(*self._rows, strict=True))
            self._batches.append(pa.record_batch(list(arrays), schema=self._schema))
            self._rows, self._bytes = [], 0
        rows = sum(batch.num_rows for batch in self._batches)
        size = sum(batch.nbytes for batch in self._batches)
        if not self._is_grouped or rows >= GROUP_ROWS or size >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches))
            self._batches = []


def _array(column: Column, values: Sequence[Any]) -> pa.Array:
    convert = _CONVERT.get(column.kind)
    if convert is not None:
        values = [None if value is None else convert(value) for value in values]
    return pa.array(values, _TYPES[column.kind])


class _Sink:
    """A file that pyarrow writes to, whose bytes are taken as they come."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What was written stays to be taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken

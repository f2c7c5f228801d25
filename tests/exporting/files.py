"""Exports made and read back."""

import csv
import io
from contextlib import aclosing
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from app.exporting.export import parts
from app.exporting.order import format_named, order
from tests.projections.world import World

Object = dict[str, Any]


async def exported(
    world: World,
    collection: str = "orders",
    view: str | None = None,
    *,
    format: str = "ndjson",
    at: str | None = None,
    defused: bool = False,
) -> bytes:
    """The whole file."""
    wanted = await order(
        world.log, world.catalog, collection, view, format_named(format), at=at, defused=defused
    )
    async with aclosing(parts(world.log, wanted, lambda doing, done: None)) as made:
        return b"".join([part async for part in made])


def lines(file: bytes) -> list[Object]:
    """The records of an NDJSON file."""
    assert not file or file.endswith(b"\n")
    return [orjson.loads(line) for line in file.split(b"\n")[:-1]]


def cells(file: bytes) -> list[dict[str, str]]:
    """The records of a CSV file, by the strictest reading."""
    text = file.decode()
    assert text.endswith("\r\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def table(file: bytes) -> Any:
    """The table in a Parquet or an Arrow file."""
    if file[:4] == b"PAR1":
        return pq.read_table(io.BytesIO(file))
    return pa.ipc.open_file(file).read_all()


def present(row: Object) -> Object:
    """What stands in a row of a table."""
    return {name: value for name, value in row.items() if value is not None}

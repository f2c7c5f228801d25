"""Making an export: records come from the log, go through a writer, and leave as parts of a file."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.exporting.formats import CSV, NDJSON, Writer
from app.exporting.order import Order
from app.exporting.sources import Documents, Rows, Source, Tell
from app.exporting.text import CsvWriter, LineWriter
from events.log import EventLog


async def parts(log: EventLog, order: Order, tell: Tell) -> AsyncGenerator[bytes, None]:
    """The file that is ordered, part by part. It is whole when this has ended, and only then.

    It reads from the log alone, in pages, and no faster than the parts are taken; writing is done beside the
    event loop. Iterate it within `aclosing`, so that nothing is read after it was left. Raises LogUnavailable.
    """
    documents = Documents(log, order.extent, order.declared, tell)
    source: Source = documents if order.view is None else Rows(documents, order.view, tell)
    writer = await _writer(order, source)
    async with aclosing(source.pages()) as pages:
        async for records in pages:
            if part := await asyncio.to_thread(writer.write, records):
                yield part
    if part := await asyncio.to_thread(writer.end):
        yield part


async def _writer(order: Order, source: Source) -> Writer:
    if order.format is NDJSON:
        return LineWriter()
    columns = await source.columns()
    if order.format is CSV:
        return CsvWriter(columns, defused=order.defused)
    from app.exporting.arrow import TableWriter

    return TableWriter(columns, order.format.name)

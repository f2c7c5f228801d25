"""Sources: where the records of an export come from, and what columns they need."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from app.exporting.columns import Columns
from app.exporting.declared import declared_columns
from app.exporting.folding import Folding
from app.exporting.found import Found
from app.exporting.records import DocumentRecord, Record, ViewRecord
from app.exporting.views import ViewFolding
from catalog.declared import Declared, View
from events.extent import Extent
from events.log import EventLog
from events.scanning import scan

ROWS_AT_ONCE = 1000
ROWS = "rows"
"""What is told of the rows of a view; of everything else, documents are."""

Tell = Callable[[str, int], None]
"""Hears what is gone through, and how much of it there was so far."""


class Source(Protocol):
    """Records, and columns for them. Both raise LogUnavailable."""

    async def columns(self) -> Columns:
        """The columns that hold all records. It may have to go through all of them."""

    def pages(self) -> AsyncGenerator[Sequence[Record], None]:
        """All records in order. Iterate it within `aclosing`, so that nothing is left being read."""


class Documents:
    """The documents of an extent, by id."""

    def __init__(self, log: EventLog, extent: Extent, declared: Declared, tell: Tell) -> None:
        self._log = log
        self._extent = extent
        self._schema: Any = None if declared.schema is None else declared.schema.source
        self._tell = tell

    async def columns(self) -> Columns:
        """Those of the schema; without one, those that a first pass over all documents finds."""
        declared = None if self._schema is None else declared_columns(self._schema)
        return declared or await self._found()

    async def pages(self, doing: str = "documents") -> AsyncGenerator[list[DocumentRecord], None]:
        """The documents, page by page. doing: what is told of it."""
        folding, done = Folding(self._extent), 0
        async with aclosing(scan(self._log, self._extent)) as pages:
            async for commits in pages:
                records = list(folding.take(self._log.skips.left(commits)))
                yield records
                done += len(records)
                self._tell(doing, done)
        records = list(folding.rest())
        yield records
        self._tell(doing, done + len(records))

    async def _found(self) -> Columns:
        found = Found()
        async with aclosing(self.pages("documents looked at")) as pages:
            async for records in pages:
                for record in records:
                    found.look(record.document.body)
        return found.columns()


class Rows:
    """The rows of a view, by group. They are worked out once, and held."""

    def __init__(self, documents: Documents, view: View, tell: Tell) -> None:
        self._documents = documents
        self._tell = tell
        self._folding = ViewFolding(view)
        self._rows: list[ViewRecord] | None = None

    async def columns(self) -> Columns:
        """Group fields and measures."""
        return self._folding.columns(await self._worked_out())

    async def pages(self) -> AsyncGenerator[list[ViewRecord], None]:
        """The rows, in groups of them."""
        rows = await self._worked_out()
        for first in range(0, len(rows), ROWS_AT_ONCE):
            yield rows[first : first + ROWS_AT_ONCE]
        self._tell(ROWS, len(rows))

    async def _worked_out(self) -> list[ViewRecord]:
        if self._rows is None:
            async with aclosing(self._documents.pages()) as pages:
                async for records in pages:
                    self._folding.take(records)
            self._rows = await asyncio.to_thread(lambda: list(self._folding.rows()))
        return self._rows

"""Reading documents: one by id, or a page of a collection."""

from contextlib import suppress
from typing import Any

from catalog.declared import Declared
from events.position import Position, partition_of
from projections.layout import Layout
from projections.row import Row
from queries.coalesced import CoalescedReads, Served
from queries.cursor import Cursors
from queries.documents_source import documents_of
from queries.errors import ProjectionBehind, RowMissing
from queries.freshness import AS_IT_IS, Freshness, read_fresh
from queries.lists import SCAN_LIMIT, Lists, Page
from queries.pages import CoalescedPages
from queries.query import Query
from queries.room import Room
from queries.standing import Standing
from queries.table import Source
from queries.waiting import Waiters

PATIENCE_FOR_OUR_OWN = 0.5


class DocumentQueries:
    """Answers reads of documents from the live projections."""

    def __init__(
        self,
        redis: Any,
        prefix: str,
        log: str,
        partitions: int,
        cursors: Cursors,
        waiters: Waiters,
        scan_limit: int = SCAN_LIMIT,
        room: Room | None = None,
    ) -> None:
        """log: the id of the log whose projections these must be. scan_limit, room: as of `Lists`."""
        self._reads = CoalescedReads(redis, prefix, log, partitions)
        self._lists = Lists(CoalescedPages(redis, prefix, log, partitions), cursors, scan_limit, room)
        self._layout = Layout(prefix)
        self._waiters = waiters
        self._written: dict[int, Position] = {}
        self._sources: dict[str, tuple[Declared, Source]] = {}

    def wrote(self, position: Position) -> None:
        """This process has written up to `position`: what is not found before that is looked for again."""
        partition = partition_of(position)
        if position > self._written.get(partition, 0):
            self._written[partition] = position

    async def get(self, collection: str, id: str, fresh: Freshness = AS_IT_IS) -> tuple[Row, Standing]:
        """One document's row. Raises RowMissing, ProjectionBehind, ProjectionsAbsent, ReadUnavailable."""
        if fresh.after:
            row, standing = await read_fresh(self._waiters, lambda: self._reads.get(collection, id), fresh)
        else:
            row, standing = await self._reads.get(collection, id)
            if row is None and not standing.reached(self._written.values()):
                row, standing = await self._again(collection, id)
        if row is None:
            raise RowMissing(standing.header)
        return row, standing

    def _source(self, declared: Declared) -> Source:
        known, source = self._sources.get(declared.name, (None, None))
        if known is not declared or source is None:
            source = documents_of(self._layout, declared.name, declared.indexes)
            self._sources[declared.name] = declared, source
        return source

    async def _again(self, collection: str, id: str) -> Served:
        """A second look, when what this process wrote is there to be found, or after half a second."""
        with suppress(ProjectionBehind):
            await self._waiters.wait(list(self._written.values()), PATIENCE_FOR_OUR_OWN)
        return await self._reads.get(collection, id)

    async def page(self, declared: Declared, query: Query, fresh: Freshness = AS_IT_IS) -> Page:
        """A page of a collection. Raises as `Lists.page`, and ProjectionBehind."""
        source = self._source(declared)
        return await read_fresh(self._waiters, lambda: self._lists.page(source, query), fresh)

    async def list(
        self, collection: str, limit: int, cursor: str | None = None, fresh: Freshness = AS_IT_IS
    ) -> Page:
        """A page of 1..1000 documents, newest first. Raises as `page`."""
        source, query = documents_of(self._layout, collection), Query(limit=limit, cursor=cursor)
        return await read_fresh(self._waiters, lambda: self._lists.page(source, query), fresh)

"""Reading documents: one by id, or a page of a collection."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from catalog.declared import Declared
from events.position import Position, partition_of
from projections.layout import Layout
from projections.row import Row
from queries.coalesced import CoalescedReads, Served
from queries.cursor import Cursors
from queries.documents_source import documents_of
from queries.errors import ProjectionBehind, ProjectionsAbsent, RowMissing
from queries.lists import SCAN_LIMIT, Lists, Page
from queries.pages import CoalescedPages
from queries.query import Query
from queries.standing import Standing
from queries.waiting import Waiters

PATIENCE_FOR_OUR_OWN = 0.5


class Answer(Protocol):
    """What a read answers, and where it was served."""

    @property
    def standing(self) -> Standing: ...


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Freshness:
    """after: positions an answer must include. patience: seconds it may take until they are there."""

    after: Sequence[Position] = ()
    patience: float = 2.0


AS_IT_IS = Freshness()


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
    ) -> None:
        """log: the id of the log whose projections these must be. scan_limit: as of `Lists`."""
        self._reads = CoalescedReads(redis, prefix, log, partitions)
        self._lists = Lists(CoalescedPages(redis, prefix, log, partitions), cursors, scan_limit)
        self._layout = Layout(prefix)
        self._waiters = waiters
        self._written: dict[int, Position] = {}

    def wrote(self, position: Position) -> None:
        """This process has written up to `position`: what is not found before that is looked for again."""
        partition = partition_of(position)
        if position > self._written.get(partition, 0):
            self._written[partition] = position

    async def get(self, collection: str, id: str, fresh: Freshness = AS_IT_IS) -> tuple[Row, Standing]:
        """One document's row. Raises RowMissing, ProjectionBehind, ProjectionsAbsent, ReadUnavailable."""
        if fresh.after:
            row, standing = await self._fresh(lambda: self._reads.get(collection, id), fresh)
        else:
            row, standing = await self._reads.get(collection, id)
            if row is None and not standing.reached(self._written.values()):
                row, standing = await self._again(collection, id)
        if row is None:
            raise RowMissing(standing.header)
        return row, standing

    async def _again(self, collection: str, id: str) -> Served:
        """A second look, when what this process wrote is there to be found, or after half a second."""
        with suppress(ProjectionBehind):
            await self._waiters.wait(list(self._written.values()), PATIENCE_FOR_OUR_OWN)
        return await self._reads.get(collection, id)

    async def page(self, declared: Declared, query: Query, fresh: Freshness = AS_IT_IS) -> Page:
        """A page of a collection. Raises as `Lists.page`, and ProjectionBehind."""
        source = documents_of(self._layout, declared.name, declared.indexes)
        return await self._fresh(lambda: self._lists.page(source, query), fresh)

    async def list(
        self, collection: str, limit: int, cursor: str | None = None, fresh: Freshness = AS_IT_IS
    ) -> Page:
        """A page of 1..1000 documents, newest first. Raises as `page`."""
        source, query = documents_of(self._layout, collection), Query(limit=limit, cursor=cursor)
        return await self._fresh(lambda: self._lists.page(source, query), fresh)

    async def _fresh(self, read: Callable[[], Awaitable[A]], fresh: Freshness) -> A:
        """What `read` answers, at the positions asked for: at once where they are reached, else soon."""
        with suppress(ProjectionsAbsent):
            answer = await read()
            if answer.standing.reached(fresh.after):
                return answer
        if not fresh.after:
            raise ProjectionsAbsent
        await self._waiters.wait(fresh.after, fresh.patience)
        answer = await read()
        _check_reached(answer.standing, fresh)
        return answer


def _check_reached(standing: Standing, fresh: Freshness) -> None:
    """What was reached a moment ago may be lost again: Redis may have come back with an older copy."""
    if not standing.reached(fresh.after):
        raise ProjectionBehind(max(fresh.after), fresh.patience)

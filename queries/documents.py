"""Reading documents: one by id, or a page of a collection, newest first."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from redis.exceptions import RedisError

from events.position import Position, partition_of
from projections.layout import BY_CREATION
from projections.row import HEAD_BYTES, ORDER_BYTES, Row
from queries.coalesced import CoalescedReads, Served
from queries.cursor import Cursors
from queries.errors import ProjectionBehind, ProjectionsAbsent, ReadUnavailable, RowMissing
from queries.scripts import LIST
from queries.standing import Standing, read_standing
from queries.waiting import Waiters

MOST_LIMIT = 1000
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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of documents: their final bytes, and the cursor of the next page."""

    items: list[bytes]
    next: str | None
    standing: Standing


class DocumentQueries:
    """Answers reads of documents from the live projections."""

    def __init__(
        self, redis: Any, prefix: str, log: str, partitions: int, cursors: Cursors, waiters: Waiters
    ) -> None:
        """log: the id of the log whose projections these must be."""
        self._reads = CoalescedReads(redis, prefix, log, partitions)
        self._list = redis.register_script(LIST)
        self._head = (prefix, partitions)
        self._log = log
        self._cursors = cursors
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

    async def list(
        self, collection: str, limit: int, cursor: str | None = None, fresh: Freshness = AS_IT_IS
    ) -> Page:
        """A page of 1..1000 documents, newest first. Raises as `get`, and QueryInvalid for a bad cursor."""
        query = f"newest {collection}"
        start = b"+" if cursor is None else b"(" + self._cursors.open(query, cursor)
        return await self._fresh(lambda: self._page(collection, query, limit, start), fresh)

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

    async def _page(self, collection: str, query: str, limit: int, start: bytes) -> Page:
        arguments = (*self._head, collection, BY_CREATION, start, limit + 1, ORDER_BYTES)
        try:
            stands, members, rows = await self._list(args=arguments)
        except (RedisError, OSError) as error:
            raise ReadUnavailable(str(error)) from error
        standing = read_standing(stands, self._log)
        if members is None:
            raise ProjectionsAbsent
        more = len(members) > limit
        following = self._cursors.seal(query, members[limit - 1]) if more else None
        return Page([row[HEAD_BYTES:] for row in rows[:limit]], following, standing)


def _check_reached(standing: Standing, fresh: Freshness) -> None:
    """What was reached a moment ago may be lost again: Redis may have come back with an older copy."""
    if not standing.reached(fresh.after):
        raise ProjectionBehind(max(fresh.after), fresh.patience)

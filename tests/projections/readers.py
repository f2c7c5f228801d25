"""Readers who look all the time, and notice when a read takes them back."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import orjson

from events.background import Background
from events.position import beginning
from queries.documents import DocumentQueries
from queries.freshness import Freshness
from queries.standing import read_positions

BREATH = 0.001
"""Seconds that a reader rests between two answers: without a rest it takes what it is to look at."""


class Reader:
    """Reads documents that are there all the time, by id and in lists, at what was last seen or later.

    seen: the greatest version of each document. reads: how many answers there were.
    """

    def __init__(self, queries: DocumentQueries, collection: str, ids: Iterable[str], partitions: int) -> None:
        self._queries = queries
        self._collection = collection
        self._partitions = partitions
        self.seen = dict.fromkeys(ids, 1)
        self.reads = 0
        self._at = [beginning(partition) for partition in range(partitions)]

    async def get(self) -> None:
        """Read every document by its id, again and again."""
        while True:
            for id, known in self.seen.items():
                row, standing = await self._queries.get(self._collection, id, self._fresh)
                assert row.version >= known
                self._saw(id, row.version, standing.header)
                await asyncio.sleep(BREATH)

    async def list(self) -> None:
        """Read pages of few documents from the first to the last, again and again."""
        while True:
            cursor, missing = None, set(self.seen)
            while True:
                known = dict(self.seen)
                page = await self._queries.list(self._collection, 7, cursor, self._fresh)
                for item in map(orjson.loads, page.items):
                    if item["id"] in self.seen:
                        missing.remove(item["id"])
                        assert item["_meta"]["version"] >= known[item["id"]]
                        self._saw(item["id"], item["_meta"]["version"], page.standing.header)
                await asyncio.sleep(BREATH)
                cursor = page.next
                if cursor is None:
                    break
            assert not missing

    @property
    def _fresh(self) -> Freshness:
        """At what was last seen, or later. Answers may overtake each other, so
        a read is held to what was seen when it was asked."""
        return Freshness(tuple(self._at), 5)

    def _saw(self, id: str, version: int, header: str) -> None:
        self.seen[id] = max(version, self.seen[id])
        self.reads += 1
        self._at = list(map(max, self._at, read_positions(header, self._partitions)))


@asynccontextmanager
async def reading(reader: Reader) -> AsyncIterator[Reader]:
    """`reader` reads; what it finds wrong is raised at the end."""
    async with Background() as background:
        background.start(reader.get(), "get")
        background.start(reader.list(), "list")
        failure = asyncio.create_task(background.first())
        try:
            yield reader
            assert not failure.done(), failure.exception()
        finally:
            failure.cancel()
            await asyncio.wait([failure])

"""A shelf: documents put straight into Redis as a generation keeps them, and queries over them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import orjson
from redis.asyncio import Redis

from catalog.declared import Declared, Index, IndexField
from events.document import Birth, Present
from events.position import Position, Version
from events.wakeup import Wakeups
from projections.checkpoint import Checkpoint
from projections.entries import entries, surplus
from projections.layout import BY_CREATION, Layout
from projections.row import creation_key_of, row_of
from projections.shape import Shape
from queries.cursor import Cursors
from queries.documents import DocumentQueries
from queries.lists import SCAN_LIMIT, Page
from queries.parameters import from_query_string
from queries.query import Query
from queries.texts import texts_of
from queries.waiting import Waiters

LOG = "5f0c"
LAYOUT = Layout("shelf")
CURSORS = Cursors(b"k" * 32)
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def index(*fields: str) -> Index:
    """An index as it is declared."""
    return Index(tuple(IndexField(field.removeprefix("-"), field.startswith("-")) for field in fields))


def declared(*indexes: Index, name: str = "orders") -> Declared:
    """A collection with these indexes."""
    return Declared(
        name,
        1,
        (),
        indexes,
        MappingProxyType({}),
        None,
        False,
        _BEGINNING,
        _BEGINNING,
        MappingProxyType({}),
        MappingProxyType({}),
    )


def asking(text: str) -> Query:
    """The query that an address states."""
    return from_query_string(text, texts_of(None))


def ids(page: Page) -> list[str]:
    """Whose documents are on a page."""
    return [orjson.loads(item)["id"] for item in page.items]


class Shelf:
    """The live generation of `orders`, and a reader of it."""

    def __init__(self, redis: Redis, *indexes: Index, scan_limit: int = SCAN_LIMIT) -> None:
        self.redis = redis
        self.generation = 1
        self.indexes = indexes
        self.documents: dict[str, Present] = {}
        self._position = 0
        waiters = Waiters(redis, LAYOUT, LOG, 1, Wakeups())
        self.queries = DocumentQueries(redis, LAYOUT.prefix, LOG, 1, CURSORS, waiters, scan_limit)

    async def open(self) -> None:
        """Make the generation live, with nothing in it."""
        shape = Shape(self.indexes, {})
        await self.redis.set(LAYOUT.shape("orders", self.generation), shape.text())
        await self.redis.hset(LAYOUT.live.generations, "orders", f"{self.generation} 0")
        await self._stand()

    async def reopen(self, *indexes: Index) -> None:
        """Make another generation live, which has the same documents and these indexes."""
        self.generation, self.indexes = self.generation + 1, indexes
        documents, self.documents = self.documents, {}
        await self._fill(documents)
        await self.open()

    async def put(self, bodies: Mapping[str, Mapping[str, Any]]) -> None:
        """Write documents, in their order."""
        for id, body in bodies.items():
            self._position += 1
            at = _BEGINNING + timedelta(seconds=self._position // 3)
            birth = Birth(at, Position(self._position))
            document = Present(dict(body), Version(1), Position(self._position), birth, at, "user:ada")
            await self.remove(id)
            await self._fill({id: document})
        await self._stand()

    async def remove(self, *ids: str) -> None:
        """Take documents away."""
        for id in ids:
            document = self.documents.pop(id, None)
            if document is not None:
                await self._forget(id, document)

    async def page(self, query: Query) -> Page:
        """A page of `orders`."""
        return await self.queries.page(declared(*self.indexes), query)

    async def _fill(self, documents: Mapping[str, Present]) -> None:
        for id, document in documents.items():
            self.documents[id] = document
            row = row_of(id, document)
            await self.redis.hset(LAYOUT.rows("orders", self.generation), id, row)
            await self._add(LAYOUT.index("orders", self.generation, BY_CREATION), [creation_key_of(id, row)])
            for each in self.indexes:
                members = entries(each, id, document)
                await self._add(LAYOUT.index("orders", self.generation, each.name), members)
                await self._add(LAYOUT.surplus("orders", self.generation, each.name), surplus(members))

    async def _forget(self, id: str, document: Present) -> None:
        created = creation_key_of(id, row_of(id, document))
        await self.redis.hdel(LAYOUT.rows("orders", self.generation), id)
        await self.redis.zrem(LAYOUT.index("orders", self.generation, BY_CREATION), created)
        for each in self.indexes:
            members = entries(each, id, document)
            for key in (LAYOUT.index, LAYOUT.surplus):
                await self.redis.zrem(key("orders", self.generation, each.name), *members)

    async def _add(self, key: str, members: Iterable[bytes]) -> None:
        if scores := dict.fromkeys(members, 0):
            await self.redis.zadd(key, scores)

    async def _stand(self) -> None:
        await self.redis.set(LAYOUT.live.checkpoint(0), Checkpoint(LOG, Position(self._position)).write())


async def shelf_of(redis: Redis, *indexes: Index, scan_limit: int = 1000, **bodies: Mapping[str, Any]) -> Shelf:
    """A shelf with these indexes and documents."""
    shelf = Shelf(redis, *indexes, scan_limit=scan_limit)
    await shelf.open()
    await shelf.put(bodies)
    return shelf

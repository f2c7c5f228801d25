"""A gallery: a view put straight into Redis as a generation keeps it, and queries over its rows."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from redis.asyncio import Redis

from catalog.declared import Declared, View
from events.document import ABSENT, Present
from events.position import Position
from events.wakeup import Wakeups
from projections.checkpoint import Checkpoint
from projections.fold import Touched
from projections.generation import Copy
from projections.guarded import guarded
from projections.shape import Shape
from projections.views.keeping import queue_view, work_out_views
from queries.lists import SCAN_LIMIT, Page
from queries.query import Query
from queries.views import ViewQueries
from queries.waiting import Waiters
from tests.projections.documents import present
from tests.queries.shelf import CURSORS, LAYOUT, LOG, declared


class Gallery:
    """The live generation of `orders` with one view, and a reader of it."""

    def __init__(self, redis: Redis, view: View, scan_limit: int = SCAN_LIMIT) -> None:
        self.redis = redis
        self.view = view
        self.generation = 1
        self.shape = Shape((), {view.name: view})
        self.documents: dict[str, Present] = {}
        waiters = Waiters(redis, LAYOUT, LOG, 1, Wakeups())
        self.queries = ViewQueries(redis, LAYOUT.prefix, LOG, 1, CURSORS, waiters, scan_limit)

    @property
    def declared(self) -> Declared:
        """The collection as it is declared."""
        return replace(declared(), views=MappingProxyType({self.view.name: self.view}))

    async def open(self) -> None:
        """Make the generation live, with nothing in it."""
        await self.redis.set(LAYOUT.shape("orders", self.generation), self.shape.text())
        await self.redis.hset(LAYOUT.live.generations, "orders", f"{self.generation} 0")
        await self.redis.set(LAYOUT.live.checkpoint(0), Checkpoint(LOG, Position(1)).write())

    async def build(self) -> None:
        """Make another generation live, which has the same documents and keeps the view as it is declared."""
        self.generation, self.shape = self.generation + 1, Shape((), {self.view.name: self.view})
        documents, self.documents = self.documents, {}
        await self._fill(documents)
        await self.open()

    async def put(self, bodies: Mapping[str, dict[str, Any]]) -> None:
        """Write documents, all at once."""
        await self._fill({id: present(body) for id, body in bodies.items()})

    async def page(self, query: Query) -> Page:
        """A page of the view's rows."""
        named = self.queries.named(self.declared, self.view.name)
        return await self.queries.page(named, named.columns.query(query))

    async def _fill(self, documents: Mapping[str, Present]) -> None:
        before, copy = self.documents, Copy("orders", self.generation, self.shape)
        touched = [Touched(id, before.get(id, ABSENT), each, None, None) for id, each in documents.items()]
        async with guarded(self.redis, LAYOUT.live.generations) as step:
            kept = await work_out_views(step, LAYOUT, copy, touched)
            step.multi()
            for each in kept:
                queue_view(step, each)
        self.documents |= documents

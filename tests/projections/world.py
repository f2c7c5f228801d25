"""A deployment of real parts, without HTTP: writes, projectors that come and go, reads."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio import Redis

from app.composition import Deployment
from app.redis_client import redis_client
from catalog.declared import Declared
from commands.documents import Command
from commands.errors import Refused
from commands.writing import Written
from events.background import end
from events.position import Position
from projections.checkpoint import Checkpoint, read_checkpoint
from projections.projector import Projector

ACTOR = "user:ada"
DECLARED: dict[str, Any] = {
    "indexes": [["a"], ["-b", "c"], ["c", "-d", "a"], ["-_meta.updated_at", "id"], ["n"]],
    "views": {
        "by_day": {
            "group_by": ["a", {"field": "at", "bucket": "day", "time_zone": "America/New_York"}],
            "measures": {
                "documents": "count",
                **{name: {name: "n"} for name in ("sum", "avg", "min", "max")},
                "distinct": {"distinct": "b"},
            },
            "where": {"c": {"exists": False}},
            "orders": [["a", "-avg"], ["-documents", "at", "min"]],
        },
        "totals": {
            "measures": {"documents": "count", "sum": {"sum": "a"}, "least": {"min": "b"}},
            "where": {"a": {"gte": -1}},
        },
    },
}


async def until(condition: Callable[[], object | Awaitable[object]], within: float = 15.0) -> None:
    """Wait until `condition` holds; fails after `within` seconds.

    By the clock and not by `asyncio.timeout`: a cancellation can be swallowed on Python 3.11. The longer it has
    waited, the longer it rests between two looks: to look costs what those who are waited for could use.
    """
    begun = time.monotonic()
    while True:
        held = condition()
        if await held if isinstance(held, Awaitable) else held:
            return
        waited = time.monotonic() - begun
        assert waited < within, f"waited {within:g} s in vain"
        await asyncio.sleep(min(0.003 + waited / 100, 0.02))


class World:
    """What a test does to a deployment, in few words."""

    def __init__(self, built: Deployment, redis: Redis) -> None:
        """redis: a client that nobody cuts off, for looking."""
        self.built = built
        self.redis = redis
        self.log = built.log
        self.catalog = built.catalog
        self.queries = built.queries
        self.layout = built.stores.layout

    async def declare(self, *names: str, **declaration: Any) -> None:
        """Declare collections, with indexes if nothing else is said about them."""
        for name in names:
            await self.catalog.declare(name, declaration or DECLARED)

    async def drop(self, name: str) -> None:
        """Drop a collection as the route does."""
        await self.drop_unheard(name)
        await self.built.generations.discard(name)

    async def drop_unheard(self, name: str) -> None:
        """Drop a collection; Redis is not told, as if it were away."""
        floors = {partition: int(await self.log.head(partition)) for partition in range(self.log.partitions)}
        await self.catalog.drop(name, floors)

    async def write(self, collection: str, id: str, command: Command) -> Written:
        """Execute one command. Raises as DocumentCommands.write."""
        declared = self._declared(collection)
        return await self.built.commands.write(declared, id, command, actor=ACTOR)

    async def attempt(self, collection: str, id: str, command: Command) -> None:
        """Execute one command; a refusal is fine."""
        with suppress(Refused):
            await self.write(collection, id, command)

    async def create(self, collection: str, ids: Any, **body: Any) -> None:
        """Create documents, all at one time."""
        declared, commands = self._declared(collection), self.built.commands
        await asyncio.gather(
            *(commands.create(declared, {"n": n, **body}, id=id, actor=ACTOR) for n, id in enumerate(ids))
        )

    async def heads(self) -> list[Position]:
        """The head of each partition."""
        return [await self.log.head(partition) for partition in range(self.log.partitions)]

    async def checkpoints(self) -> list[Position | None]:
        """The live checkpoint of each partition; None where there is none of this log."""
        return self.places((await self.built.generations.written(self.layout.live)).values())

    def places(self, written: Iterable[bytes | None]) -> list[Position | None]:
        """The positions of checkpoints as Redis has them; None where one is not of this log."""
        found = map(read_checkpoint, written)
        return [each.position if each is not None and each.log == self.log.id else None for each in found]

    async def put_checkpoint(self, position: int, *, log: str | None = None, partition: int = 0) -> None:
        """Put the live checkpoint somewhere by force."""
        written = Checkpoint(log or self.log.id, Position(position)).write()
        await self.redis.set(self.layout.live.checkpoint(partition), written)

    async def caught_up(self, within: float = 15.0) -> None:
        """Wait until the live projections stand at the head of the log."""

        async def is_caught_up() -> bool:
            return await self.checkpoints() == await self.heads()

        await until(is_caught_up, within)

    async def states(self) -> list[tuple[str, str | None]]:
        """State and trouble of each partition, as the only living projector tells."""
        beats = await self.built.heartbeats.alive()
        return [(part.state.value, part.trouble) for beat in beats for part in beat.partitions]

    async def rebuilt(self, collection: str) -> None:
        """Wait until a rebuild has ended well."""

        async def is_done() -> bool:
            job = (await self.built.jobs.all())[collection]
            assert job.state != "failed", job.error
            return job.state == "done"

        await until(is_done)

    async def rebuild(self, collection: str) -> None:
        """Ask for a rebuild, and wait until it has ended well."""
        await self.built.jobs.ask(collection)
        await self.rebuilt(collection)

    def projector(self, redis: Redis | None = None) -> Projector:
        """One more projector; `redis`: its own connection."""
        stores = self.built.stores
        return Projector(redis or stores.redis, stores.listening, self.layout, self.log, self.catalog)

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator["asyncio.Task[None]"]:
        """A projector runs, and must not end by itself."""
        task = asyncio.create_task(self.projector().run())
        try:
            yield task
            assert not task.done()
        finally:
            await end([task])

    @asynccontextmanager
    async def projecting_through(self, url: str) -> AsyncIterator["asyncio.Task[None]"]:
        """A projector runs whose Redis is at `url`."""
        redis = redis_client(self.built.settings.model_copy(update={"redis_url": url}))
        task = asyncio.create_task(self.projector(redis).run())
        try:
            yield task
        finally:
            await end([task])
            await redis.aclose()

    def _declared(self, collection: str) -> Declared:
        declared = self.catalog.get(collection)
        assert declared is not None
        return declared

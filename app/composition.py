"""The one place where everything is built, in order, and closed in reverse: app, CLI and tests call it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.fillers import fillers
from app.identity.keys import decode
from app.settings import Settings, SettingsInvalid
from app.stores import mongo_client, redis_client
from catalog.catalog import Catalog
from commands.execution import Executor
from commands.snapshots import Snapshots
from commands.states import States
from commands.writing import DocumentCommands
from events.background import Background
from events.log import EventLog
from events.wakeup import Announcer, Listener
from projections.generations import Generations
from projections.heartbeat import Heartbeats
from projections.jobs import Jobs
from projections.layout import Layout
from projections.projector import Projector
from projections.steering import Steering
from queries.cursor import Cursors
from queries.documents import DocumentQueries
from queries.views import ViewQueries
from queries.waiting import Waiters


@dataclass(frozen=True, slots=True)
class Stores:
    """Connections to MongoDB and Redis, and what both processes of a deployment build on them."""

    settings: Settings
    database: Any
    redis: Any
    listening: Any
    log: EventLog
    catalog: Catalog
    layout: Layout

    async def answer(self) -> None:
        """Raises PyMongoError or RedisError unless both stores answer now."""
        await asyncio.gather(self.database.command("ping"), self.redis.ping())


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything an API worker serves requests with. `imports`: commands that remember no document."""

    stores: Stores
    commands: DocumentCommands
    imports: DocumentCommands
    queries: DocumentQueries
    views: ViewQueries
    jobs: Jobs
    heartbeats: Heartbeats
    generations: Generations
    steering: Steering

    @property
    def settings(self) -> Settings:
        """The settings it was built from."""
        return self.stores.settings

    @property
    def catalog(self) -> Catalog:
        """The declared collections."""
        return self.stores.catalog

    @property
    def log(self) -> EventLog:
        """The event log."""
        return self.stores.log


@asynccontextmanager
async def stores(settings: Settings, *, shared: Path | None = None) -> AsyncIterator[Stores]:
    """Open the stores. Raises SettingsInvalid, LogUnavailable, LogMismatch, CatalogUnavailable.

    shared: where the writers of this machine share one appender. Whoever has it may append for all of them:
            only who answers writes should, so that no write waits for anything else.
    """
    missing = [name for name in ("mongo_url", "redis_url") if not getattr(settings, name)]
    if missing:
        raise SettingsInvalid([f"FOLDBASE_{name.upper()}: is not set" for name in missing])
    async with AsyncExitStack() as stack:
        mongo = mongo_client(settings)
        stack.push_async_callback(mongo.close)
        redis = redis_client(settings)
        stack.push_async_callback(redis.aclose)
        listening = redis_client(settings, listening=True)
        stack.push_async_callback(listening.aclose)
        database = mongo[settings.database]
        log = await EventLog.open(
            database,
            partitions=settings.partitions,
            patience=settings.store_timeout,
            shared=shared,
        )
        stack.push_async_callback(log.close)
        catalog = await Catalog.open(database, redis=listening, prefix=settings.database, heads=log.heads)
        stack.push_async_callback(catalog.close)
        background = await stack.enter_async_context(Background())
        background.start(catalog.follow(), "catalog")
        layout = Layout(settings.database)
        announcer = Announcer(redis, layout.appended)
        stack.push_async_callback(announcer.close)
        log.on_append(announcer.announce)
        yield Stores(settings, database, redis, listening, log, catalog, layout)


@asynccontextmanager
async def deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """Build what an API worker needs. Raises as `stores`."""
    async with stores(settings, shared=settings.appender_socket) as opened, AsyncExitStack() as stack:
        log, redis, layout = opened.log, opened.redis, opened.layout
        snapshots = Snapshots(opened.database, settings.snapshot_every)
        stack.push_async_callback(snapshots.close)
        executor = Executor(log, States(log, snapshots, settings.state_cache))
        moved = Listener(opened.listening, layout.moved)
        waiters = Waiters(redis, layout, log.id, log.partitions, moved.waiter())
        background = await stack.enter_async_context(Background())
        background.start(moved.run(), "moved")
        background.start(waiters.run(), "waiters")
        cursors = Cursors(token_key(settings))
        reads = (redis, layout.prefix, log.id, log.partitions, cursors, waiters, settings.scan_limit)
        yield Deployment(
            opened,
            DocumentCommands(log, executor),
            DocumentCommands(log, Executor(log, States(log, snapshots, 0))),
            DocumentQueries(*reads),
            ViewQueries(*reads),
            Jobs(redis, layout),
            Heartbeats(redis, layout),
            Generations(redis, layout, log.id, log.partitions),
            Steering(redis, layout, log.id, log.partitions),
        )


@asynccontextmanager
async def projector(settings: Settings) -> AsyncIterator[Projector]:
    """Build a projector. Raises as `stores`."""
    async with stores(settings) as opened:
        yield projector_of(opened)


def projector_of(opened: Stores) -> Projector:
    """A projector on stores that are open already."""
    start = fillers(opened.settings)
    return Projector(opened.redis, opened.listening, opened.layout, opened.log, opened.catalog, start)


def token_key(settings: Settings) -> bytes:
    """The deployment's signing key. Raises SettingsInvalid when there is none."""
    if settings.token_key is None:
        raise SettingsInvalid(["FOLDBASE_TOKEN_KEY: is not set; `foldbase up` makes one by itself"])
    return decode(settings.token_key.get_secret_value())


STORE_ERRORS = (PyMongoError, RedisError, OSError)

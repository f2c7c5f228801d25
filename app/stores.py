"""MongoDB and Redis as a process opens them, with what every process builds on them: log, catalog, layout."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.mongo_client import mongo_client
from app.redis_client import redis_client
from app.settings import Settings, SettingsInvalid
from catalog.catalog import Catalog
from events.background import Background
from events.log import EventLog
from events.wakeup import Announcer
from projections.layout import Layout


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

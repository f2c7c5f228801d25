"""Catalogs on real servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from catalog.catalog import Catalog

Opening = Callable[[Redis | None], AbstractAsyncContextManager[Catalog]]


@asynccontextmanager
async def following(database: AsyncDatabase[dict[str, Any]], redis: Redis | None) -> AsyncIterator[Catalog]:
    """A catalog that follows changes, as one of another process would."""
    catalog = await Catalog.open(database, redis=redis, prefix=database.name)
    task = asyncio.create_task(catalog.follow())
    try:
        yield catalog
    finally:
        await catalog.close()
        await task


@pytest.fixture
async def catalog(database: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Catalog]:
    """A catalog of an empty database that hears of nothing but its own changes."""
    catalog = await Catalog.open(database, prefix=database.name)
    yield catalog
    await catalog.close()


async def until(condition: Callable[[], object | Awaitable[object]], within: float = 10.0) -> None:
    """Wait until `condition` holds; fails after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            held = condition()
            if await held if isinstance(held, Awaitable) else held:
                return
            await asyncio.sleep(0.005)

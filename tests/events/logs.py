"""Logs to test: opened on a database, closed afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient

from events.log import EventLog
from events.store import Database

IMPATIENT: dict[str, Any] = {"socketTimeoutMS": 1000, "serverMonitoringMode": "poll"}
"""Options of a client that soon takes a connection for dead, and soon makes another."""


@asynccontextmanager
async def opened(database: Database, *, partitions: int = 1, patience: float = 10.0) -> AsyncIterator[EventLog]:
    """A log in `database`."""
    log = await EventLog.open(database, partitions=partitions, patience=patience)
    try:
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def another(
    url: str, name: str, *, partitions: int = 1, patience: float = 10.0, **client: Any
) -> AsyncIterator[EventLog]:
    """A log in the database `name` with a client of its own, as another process has it."""
    connected: AsyncMongoClient[Any] = AsyncMongoClient(url, **client)
    try:
        async with opened(connected[name], partitions=partitions, patience=patience) as log:
            yield log
    finally:
        await connected.close()

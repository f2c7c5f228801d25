"""Clients of MongoDB and Redis, with bounds on everything that could wait for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo

from app.redis_connections import packing
from app.settings import Settings, SettingsInvalid

MONGO_CONNECTIONS = 64
REDIS_CONNECTIONS = 32


def mongo_client(settings: Settings) -> AsyncMongoClient[Any]:
    """A client for this event loop. Nothing is retried that we did not retry ourselves.

    Raises: SettingsInvalid where the URL is none.
    """
    milliseconds = int(settings.store_timeout * 1000)
    with _valid("FOLDBASE_MONGO_URL"):
        return AsyncMongoClient(
            settings.mongo_url,
            appname="foldbase",
            maxPoolSize=MONGO_CONNECTIONS,
            waitQueueTimeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds // 2,
            connectTimeoutMS=milliseconds // 2,
            socketTimeoutMS=milliseconds,
            tz_aware=True,
        )


def redis_client(settings: Settings, *, listening: bool = False) -> "Redis":
    """A client that never sends a command twice. `listening`: for subscriptions, which wait long.

    Raises: SettingsInvalid where the URL is none.
    """
    with _valid("FOLDBASE_REDIS_URL"):
        pool = BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=REDIS_CONNECTIONS,
            timeout=settings.read_timeout,
            socket_timeout=None if listening else settings.read_timeout,
            socket_connect_timeout=settings.read_timeout,
            retry=Retry(NoBackoff(), 0),
            client_name="foldbase",
            driver_info=DriverInfo(),  # else each connection looks redis-py's version up in its package's files
        )
    pool.connection_class = packing(pool.connection_class)
    return Redis.from_pool(pool)


@contextmanager
def _valid(name: str) -> Iterator[None]:
    """What drivers say of a URL names no password."""
    try:
        yield
    except (ValueError, ConfigurationError) as error:
        raise SettingsInvalid([f"{name}: {error}"]) from error

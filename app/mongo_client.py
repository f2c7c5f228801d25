"""The client of MongoDB, with bounds on everything that could wait for ever."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any, TypeVar

import pymongo.lock
from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError

from app.settings import Settings, SettingsInvalid

T = TypeVar("T")

CONNECTIONS = 64


async def _wait_for(awaited: Awaitable[T], timeout: float | None) -> T:
    """`asyncio.wait_for` as it is from Python 3.12 on: what is awaited is no task of its own.

    That of 3.11 leaves its task behind when it is cancelled just as its time is over. Where PyMongo waits for a
    server, that task then takes a lock that nobody releases, and the client is of no use ever after.
    """
    async with asyncio.timeout(timeout):
        return await awaited


if sys.version_info < (3, 12):
    setattr(pymongo.lock, "wait_for", _wait_for)  # noqa: B010 - it is imported there, and not meant for others


def mongo_client(settings: Settings) -> AsyncMongoClient[Any]:
    """A client for this event loop. Nothing is retried that we did not retry ourselves.

    Raises: SettingsInvalid where the URL is none.
    """
    milliseconds = int(settings.store_timeout * 1000)
    try:
        return AsyncMongoClient(
            settings.mongo_url,
            appname="foldbase",
            maxPoolSize=CONNECTIONS,
            waitQueueTimeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds // 2,
            connectTimeoutMS=milliseconds // 2,
            socketTimeoutMS=milliseconds,
            tz_aware=True,
        )
    except (ValueError, ConfigurationError) as error:  # which name no password
        raise SettingsInvalid([f"FOLDBASE_MONGO_URL: {error}"]) from error

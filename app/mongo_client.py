"""The client of MongoDB, with bounds on everything that could wait for ever."""

from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError

from app.settings import Settings, SettingsInvalid

CONNECTIONS = 64


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

"""The client of Redis: it waits for nothing for ever, and writes commands with hiredis, as blocking ones do."""

from typing import Any

from hiredis import pack_command
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo

from app.settings import Settings, SettingsInvalid

CONNECTIONS = 32

Argument = bytes | str | int | float


def redis_client(settings: Settings, *, listening: bool = False) -> "Redis":
    """A client that never sends a command twice. `listening`: for subscriptions, which wait long.

    Raises: SettingsInvalid where the URL is none.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=CONNECTIONS,
            timeout=settings.read_timeout,
            socket_timeout=None if listening else settings.read_timeout,
            socket_connect_timeout=settings.read_timeout,
            retry=Retry(NoBackoff(), 0),
            client_name="foldbase",
            driver_info=DriverInfo(),  # else each connection looks redis-py's version up in its package's files
        )
    except ValueError as error:  # which names no password
        raise SettingsInvalid([f"FOLDBASE_REDIS_URL: {error}"]) from error
    pool.connection_class = packing(pool.connection_class)
    return Redis.from_pool(pool)


class _Packing:
    """Puts a command's arguments into the form of Redis's protocol: in C, and one after the other."""

    def pack_command(self, *args: Argument) -> list[bytes]:
        name, *rest = args
        words = name.split() if isinstance(name, str | bytes) else [name]
        return [pack_command((*words, *rest))]


def packing(kind: type[AbstractConnection]) -> type[Any]:
    """A connection of the kind (plain, TLS or a Unix socket's) that packs with hiredis.

    Does not promise to take what redis-py's own takes besides bytes, str, int and float.
    """
    return type(f"Packing{kind.__name__}", (_Packing, kind), {})

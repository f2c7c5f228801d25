"""The baselines' own servers: the same MongoDB and Redis that the product runs on, in another folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import Mongod, RedisServer, ServerUnavailable, start
from benchmarks.errors import StartFailed


@contextmanager
def servers(folder: Path) -> Iterator[tuple[str, str]]:
    """Run both with their data in `folder`; yield the URLs of MongoDB and of Redis.

    Raises: StartFailed with the reason and what to do.
    """
    try:
        running = start(Mongod.prepare(folder / "mongod"), RedisServer.prepare(folder / "redis"))
    except ServerUnavailable as unavailable:
        raise StartFailed(str(unavailable)) from unavailable
    try:
        mongo, redis = (server.url for server in running)
        yield mongo, redis
    finally:
        for server in running:
            server.stop()

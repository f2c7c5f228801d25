"""The real servers the tests run on: one mongod and one Redis for a whole session, in a temporary folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import Mongod, RedisServer, Running, Service, start

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory. A process that is killed loses nothing of them; no test cuts the power."""

ROOM = 8 * 2**30
"""Free bytes of memory that suffice for the servers of all tests that run at one time."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A short-named folder that is gone afterwards, whatever was left in it; in memory where there is room."""
    folder = Path(tempfile.mkdtemp(prefix="foldbase-test-", dir=MEMORY if _has_room() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def serving(service: Service) -> Iterator[Running]:
    """`service`, ready; stopped afterwards."""
    [running] = start(service)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def fresh_mongod() -> Iterator[Running]:
    """A mongod with no data, for this block alone."""
    with temporary_folder() as folder, _thrown_away(Mongod.prepare(folder)) as running:
        yield running


@contextmanager
def fresh_redis() -> Iterator[Running]:
    """A Redis with no data, for this block alone."""
    with temporary_folder() as folder, _thrown_away(RedisServer.prepare(folder)) as running:
        yield running


def _has_room() -> bool:
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM


@contextmanager
def _thrown_away(service: Service) -> Iterator[Running]:
    """`service`, ready; killed afterwards, as nobody wants its data any more."""
    with serving(service) as running:
        try:
            yield running
        finally:
            running.process.kill()

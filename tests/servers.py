"""The real servers the tests run on: one mongod and one Redis for a whole session, in a temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import Mongod, RedisServer, Running, Service, start


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A short-named folder that is gone afterwards, whatever was left in it."""
    folder = Path(tempfile.mkdtemp(prefix="foldbase-test-"))
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


@contextmanager
def _thrown_away(service: Service) -> Iterator[Running]:
    """`service`, ready; killed afterwards, as nobody wants its data any more."""
    with serving(service) as running:
        try:
            yield running
        finally:
            running.process.kill()

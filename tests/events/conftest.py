"""Logs on the real MongoDB: of one partition and of four, and one behind a wire that fails when told to."""

from collections.abc import AsyncIterator

import pymongo.common
import pytest

from app.embedded import Running
from events.log import EventLog
from events.store import Database
from tests.events.logs import IMPATIENT, another, opened
from tests.events.wire import Wire, wire_to


@pytest.fixture(params=[1, 4], ids=["P=1", "P=4"])
def partitions(request: pytest.FixtureRequest) -> int:
    """How many partitions the log has: every test that asks for it runs with 1 and with 4."""
    return int(request.param)


@pytest.fixture
async def log(database: Database, partitions: int) -> AsyncIterator[EventLog]:
    """An empty log."""
    async with opened(database, partitions=partitions) as log:
        yield log


@pytest.fixture
async def wire(mongod: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """A wire to mongod. Clients made in its time connect again without much ado."""
    monkeypatch.setattr(pymongo.common, "MIN_HEARTBEAT_INTERVAL", 0.01)
    async with wire_to(mongod.url) as wire:
        yield wire


@pytest.fixture
async def direct(database: Database) -> AsyncIterator[EventLog]:
    """A log of one partition."""
    async with opened(database) as log:
        yield log


@pytest.fixture
async def wired(wire: Wire, database: Database, direct: EventLog) -> AsyncIterator[EventLog]:
    """The same log as `direct`, as a process has it whose messages go over the wire."""
    async with another(wire.url, database.name, **IMPATIENT) as log:
        assert log.id == direct.id
        yield log

"""Logs on the real MongoDB, of one partition and of four."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from events.store import Database
from tests.events.logs import opened


@pytest.fixture(params=[1, 4], ids=["P=1", "P=4"])
def partitions(request: pytest.FixtureRequest) -> int:
    """How many partitions the log has: every test that asks for it runs with 1 and with 4."""
    return int(request.param)


@pytest.fixture
async def log(database: Database, partitions: int) -> AsyncIterator[EventLog]:
    """An empty log."""
    async with opened(database, partitions=partitions) as log:
        yield log

"""Processes that write to one fresh log."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from app.embedded import Running
from tests.commands.processes import Process, process


@pytest.fixture
async def one(mongod: Running, database: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Process]:
    """A process."""
    async with process(mongod.url, database.name) as opened:
        yield opened


@pytest.fixture
async def other(mongod: Running, database: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Process]:
    """Another process, at the same log."""
    async with process(mongod.url, database.name) as opened:
        yield opened

"""Deployments to export from: of one partition, and of three. No projector runs, so Redis has nothing."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from app.composition import deployment
from app.settings import Settings
from tests.projections.world import World


@pytest.fixture(params=[1, 3], ids=["P=1", "P=3"])
def partitions(request: pytest.FixtureRequest) -> int:
    """How many partitions the log has."""
    return int(request.param)


@pytest.fixture
async def world(settings: Settings, redis: Redis, partitions: int) -> AsyncIterator[World]:
    """A world with nothing in it."""
    async with deployment(settings.model_copy(update={"partitions": partitions})) as built:
        yield World(built, redis)

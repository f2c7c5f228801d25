"""Deployments to project: of one partition, or of three."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.composition import deployment
from app.embedded import Running
from app.settings import Settings
from tests.projections.wire import Wire, wire_to
from tests.projections.world import World


@asynccontextmanager
async def opened(settings: Settings, redis: Redis) -> AsyncIterator[World]:
    """A world with nothing in it."""
    async with deployment(settings) as built:
        yield World(built, redis)


@pytest.fixture(params=[1, 3], ids=["P=1", "P=3"])
def partitions(request: pytest.FixtureRequest) -> int:
    """How many partitions the log has: every test that asks for it runs with 1 and with 3."""
    return int(request.param)


@pytest.fixture
async def world(settings: Settings, redis: Redis) -> AsyncIterator[World]:
    """A world of one partition."""
    async with opened(settings, redis) as world:
        yield world


@pytest.fixture
async def wide_world(settings: Settings, redis: Redis, partitions: int) -> AsyncIterator[World]:
    """A world of one partition, and one of three."""
    async with opened(settings.model_copy(update={"partitions": partitions}), redis) as world:
        yield world


@pytest.fixture
def collected() -> Iterator[None]:
    """What a test leaves to the garbage collector goes with it."""
    yield
    gc.collect()


@pytest.fixture
async def wire(redis_server: Running, tmp_path: Path) -> AsyncIterator[Wire]:
    """A wire to the session's Redis."""
    async with wire_to(redis_server.url, tmp_path) as wire:
        yield wire


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even few commits take many steps, and each is told."""
    monkeypatch.setattr("projections.filling.BATCH", 16)
    monkeypatch.setattr("projections.batches.BATCH", 16)
    monkeypatch.setattr("projections.pace.BATCH", 16)
    monkeypatch.setattr("projections.progress.TELL_EVERY", 0.0)
    monkeypatch.setattr("projections.projector.LOOK_EVERY", 0.1)


@pytest.fixture
def nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """No parked document is tried again by itself, unless a test says so."""
    monkeypatch.setattr("projections.parking.BOUND", 0.0)

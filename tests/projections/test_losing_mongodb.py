"""A projector outlives the loss of MongoDB, says so, and goes on by itself; a damaged log it does not guess."""

from collections.abc import AsyncIterator
from typing import Any

import pymongo.common
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from app.embedded import Running
from app.settings import Settings
from events.commit import Event, NewCommit
from events.position import Version, stream_name
from tests.events.logs import another
from tests.events.wire import Fate, Wire, wire_to
from tests.projections.conftest import opened
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, seen
from tests.projections.world import World, until

pytestmark = KILLING
Database = AsyncDatabase[dict[str, Any]]


@pytest.fixture
async def mongo_wire(mongod: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """A wire to mongod. Clients made in its time connect again without much ado."""
    monkeypatch.setattr(pymongo.common, "MIN_HEARTBEAT_INTERVAL", 0.01)
    async with wire_to(mongod.url) as wire:
        yield wire


@pytest.fixture
async def wired(settings: Settings, redis: Redis, mongo_wire: Wire) -> AsyncIterator[World]:
    """A world whose MongoDB is behind the wire."""
    chosen = settings.model_copy(update={"mongo_url": mongo_wire.url, "store_timeout": 0.5})
    async with opened(chosen, redis) as world:
        yield world


async def test_a_lost_mongodb_is_told_of_and_what_was_missed_is_caught_up(
    wired: World, mongo_wire: Wire, mongod: Running, database: Database
) -> None:
    await wired.declare("orders")
    async with wired.projecting():
        await wired.create("orders", ["o1"])
        await wired.caught_up()
        mongo_wire.weather = lambda _: Fate.LOST
        mongo_wire.cut()
        async with another(mongod.url, database.name) as log:
            created = Event("created", {})
            await log.append(NewCommit(stream_name("orders", "o2"), Version(0), [created], "user:bob"))
        await until(lambda: _in_trouble(wired))
        assert await wired.queries.get("orders", "o1")
        mongo_wire.heal()
        await wired.caught_up()
        await until(lambda: _is_live(wired))
        await assert_equals_fold(wired)


async def test_a_rebuild_waits_for_a_lost_mongodb(wired: World, mongo_wire: Wire) -> None:
    await wired.declare("orders")
    await wired.create("orders", (f"o{n}" for n in range(20)))
    async with wired.projecting():
        await wired.caught_up()
        mongo_wire.weather = lambda kind: Fate.LOST if kind == "find commits" else Fate.PASSED
        await wired.built.jobs.ask("orders")
        await until(lambda: _in_trouble(wired))
        assert (await wired.built.jobs.all())["orders"].running
        mongo_wire.heal()
        await wired.rebuilt("orders")


@pytest.mark.parametrize("lost", [False, True], ids=["following", "bringing up"])
async def test_a_log_with_a_gap_halts_the_projector_which_says_so(world: World, *, lost: bool) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1", "o2"])
    async with world.projecting():
        await world.caught_up()
    await world.create("orders", ["o3", "o4", "o5"])
    commits = world.built.stores.database["commits"]
    missing = await commits.find_one_and_delete({"_id": 4})
    if lost:
        await world.redis.flushall()
    async with world.projecting():
        await until(lambda: _is_halted(world))
        assert (await seen(world)).checkpoints == [None if lost else 2]
        await commits.insert_one(missing)
        await until(lambda: _is_live(world))
        await assert_equals_fold(world)


async def _in_trouble(world: World) -> bool:
    return any(state == "CATCHING_UP" and trouble for state, trouble in await world.states())


async def _is_halted(world: World) -> bool:
    return await world.states() == [("HALTED", "the log has no commit at 4, but one at 5")]


async def _is_live(world: World) -> bool:
    return await world.states() == [("LIVE", None)]

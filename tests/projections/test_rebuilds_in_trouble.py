"""Rebuilds while Redis is full, emptied or put back: what is live goes on, and nothing is lost."""

import time
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis

from app.settings import Settings
from events.background import Background
from events.position import Position
from projections.filling import Filling
from projections.jobs import Job
from tests.projections.conftest import opened
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.rebuilding import filled
from tests.projections.test_losing_redis import Copy, copied, put_back
from tests.projections.world import World, until
from tests.servers import fresh_redis

pytestmark = KILLING
BIG = "x" * 20_000


@pytest.fixture
async def own(settings: Settings) -> AsyncIterator[World]:
    """A world whose Redis is nobody else's."""
    with fresh_redis() as running:
        redis = Redis.from_url(running.url)
        async with opened(settings.model_copy(update={"redis_url": running.url}), redis) as world:
            yield world
        await redis.aclose()


async def job_of(world: World) -> Job | None:
    """The last rebuild of the orders."""
    return (await world.built.jobs.all()).get("orders")


async def test_a_rebuild_that_fills_redis_gives_up_and_makes_room_for_what_is_live(own: World) -> None:
    world = own
    await world.declare("orders")
    async with world.projecting():
        await world.create("orders", [f"o{n}" for n in range(100)], text=BIG)
        await world.caught_up()
        live = await world.built.generations.live()
        used = int((await world.redis.info("memory"))["used_memory"])
        await world.redis.config_set("maxmemory", used + 40 * len(BIG))
        await world.built.jobs.ask("orders", {"max_rate": 400})
        await until(lambda: _has_ended(world, "failed"))
        job = await job_of(world)
        assert job is not None
        assert "maxmemory" in str(job.error)
        assert await world.built.generations.live() == live
        await world.create("orders", ["after"])
        await world.caught_up()
        await until(lambda: _is_live(world))
        await until(lambda: _nothing_is_built(world))
        await assert_equals_fold(world)


async def test_a_projector_is_heard_of_and_says_what_is_wrong_while_redis_is_full(own: World) -> None:
    world = own
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
        await world.redis.config_set("maxmemory", 1)
        await world.create("orders", ["o1"])
        await until(lambda: _says(world, "CATCHING_UP", "maxmemory"))
        await world.redis.config_set("maxmemory", 0)
        await world.caught_up()
        await until(lambda: _says(world, "LIVE", ""))


async def test_a_rebuild_can_be_cancelled_while_redis_is_full(own: World) -> None:
    world = own
    await filled(world)
    async with world.projecting():
        await world.caught_up()
    await world.built.jobs.ask("orders")
    await world.redis.config_set("maxmemory", 1)
    await world.built.steering.cancel("orders")
    job = await job_of(world)
    assert job is not None
    assert job.state == "cancelled"


async def test_redis_emptied_under_a_rebuild_is_filled_again(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 60})
        await until(lambda: _has_begun(world))
        await world.redis.flushall()
        await world.caught_up()
        await until(lambda: _nothing_is_built(world))
        await assert_equals_fold(world)
        await world.rebuild("orders")
        await assert_equals_fold(world)


async def test_an_older_copy_put_back_under_a_rebuild_ends_with_the_fold(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 60, "keep": True})
        await until(lambda: _has_begun(world))
        copy = await copied(world.redis)
        await write(world, Random(3), 20)
        await world.caught_up()
        await put_back(world.redis, copy)
        await world.rebuilt("orders")
        await world.caught_up()
        await world.built.steering.forget("orders")
        await until(lambda: _nothing_is_built(world))
        await assert_equals_fold(world)


async def test_a_build_that_is_ahead_of_what_was_put_back_does_not_hold_it_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is put back between the look at where the live ones stand and the filling up to there."""
    copies: list[Copy] = []
    fill = Filling._fill

    async def filling(self: Filling, partition: int, until: Position, *others: Any) -> None:
        if not copies:
            copies.append(await copied(world.redis))
            await write(world, Random(3), 20)
            await world.caught_up()
        elif len(copies) == 1 and until == (await world.heads())[partition]:
            await put_back(world.redis, copies[0])
            copies.append({})
        await fill(self, partition, until, *others)

    monkeypatch.setattr(Filling, "_fill", filling)
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.rebuild("orders")
        assert len(copies) == 2
        await world.caught_up()
        await until(lambda: _nothing_is_built(world))
        await assert_equals_fold(world)


async def test_what_is_live_stays_close_to_the_head_while_a_rebuild_runs(world: World) -> None:
    await world.declare("orders", "users")
    for part in range(4):
        await world.create("orders", [f"o{part}-{n}" for n in range(1000)], text="x" * 200)
    worst = 0.0

    async def touch() -> None:
        nonlocal worst
        while True:
            begun = time.monotonic()
            await write(world, Random(begun), 4)
            await world.caught_up()
            worst = max(worst, time.monotonic() - begun)

    async with world.projecting():
        await world.caught_up()
        async with Background() as background:
            background.start(touch(), "touch")
            await world.rebuild("orders")
    assert 0 < worst < 2.0


async def _has_ended(world: World, state: str) -> bool:
    job = await job_of(world)
    return job is not None and job.state == state


async def _has_begun(world: World) -> bool:
    job = await job_of(world)
    return job is not None and job.done > 0


async def _says(world: World, state: str, trouble: str) -> bool:
    return any(found == state and trouble in (why or "") for found, why in await world.states())


async def _nothing_is_built(world: World) -> bool:
    return [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")] == []


async def _is_live(world: World) -> bool:
    return await world.states() == [("LIVE", None)]

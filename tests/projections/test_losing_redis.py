"""Redis is disposable: emptied, put back, out of memory or away, nothing is lost and it goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app.embedded import Running, start
from app.settings import Settings
from commands.documents import MergePatch
from events.background import end
from queries.errors import ProjectionBehind, ProjectionsAbsent, ReadUnavailable
from queries.freshness import Freshness
from tests.projections.conftest import opened
from tests.projections.histories import watching, write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, seen
from tests.projections.world import World, until
from tests.servers import fresh_redis

pytestmark = KILLING
Copy = dict[bytes, tuple[bytes, int]]
"""By key: what is there, and until when (ms since 1970, 0 for ever)."""


async def copied(redis: Redis) -> Copy:
    """All of Redis, as a backup has it."""
    copy: Copy = {}
    async for key in redis.scan_iter("*"):
        dumped, ends = await redis.dump(key), await redis.pexpiretime(key)
        if dumped is not None:
            copy[key] = dumped, max(0, ends)
    return copy


async def put_back(redis: Redis, copy: Copy) -> None:
    """Make Redis what it was when `copy` was made, in one step."""
    async with redis.pipeline(transaction=True) as step:
        step.flushall()
        for key, (dumped, ends) in copy.items():
            step.restore(key, ends, dumped, absttl=True)
        await step.execute()


async def test_an_emptied_redis_is_filled_again_while_documents_change(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with watching(world), world.projecting():
        for seed in range(3):
            await write(world, Random(seed), 20)
            await world.caught_up()
            await world.redis.flushall()
        await world.caught_up()
        await until(lambda: _nothing_is_rebuilt(world))
        await assert_equals_fold(world)


async def test_an_older_copy_is_gone_on_from(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with world.projecting():
        await write(world, Random(1), 20)
        await world.caught_up()
        copy = await copied(world.redis)
        await write(world, Random(2), 20)
        await world.caught_up()
        await put_back(world.redis, copy)
        assert (await seen(world)).checkpoints != await world.heads()
        await world.caught_up()
        await assert_equals_fold(world)


async def test_a_reader_is_not_taken_back_by_an_older_copy(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1"])
    async with world.projecting():
        await world.caught_up()
    copy = await copied(world.redis)
    written = await world.write("orders", "o1", MergePatch({"n": 1}))
    async with world.projecting():
        await world.caught_up()
    _, standing = await world.queries.get("orders", "o1")
    await put_back(world.redis, copy)
    with pytest.raises(ProjectionBehind):
        await world.queries.get("orders", "o1", Freshness(standing.positions, 0.05))
    async with world.projecting():
        row, _ = await world.queries.get("orders", "o1", Freshness(standing.positions, 5))
    assert row.version == written.document.version


async def test_the_checkpoint_of_another_log_means_a_bring_up(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1"])
    async with world.projecting():
        await world.caught_up()
    await world.put_checkpoint(1, log="another")
    for _ in range(2):
        with pytest.raises(ProjectionsAbsent):
            await world.queries.get("orders", "o1")
        with pytest.raises(ProjectionsAbsent):
            await world.queries.list("orders", 1)
    async with world.projecting():
        await world.caught_up()
        await assert_equals_fold(world)


async def test_a_log_put_back_to_before_the_checkpoint_means_a_bring_up(
    wide_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.usable.LOOKS", 2)
    world = wide_world
    await world.declare("orders", "users")
    await world.create("orders", ["kept-1", "kept-2"])
    before = await world.heads()
    await world.create("orders", ["lost"])
    async with world.projecting():
        await world.caught_up()
        await world.built.stores.database["commits"].delete_many({"stream": "orders/lost"})
        assert await world.heads() == before
        async with asyncio.timeout(15):
            while not await _answers(world, ProjectionsAbsent, "lost"):
                pass  # they are absent for some milliseconds: who rests between two looks may miss that
        await world.caught_up()
        assert not await _answers(world, ProjectionsAbsent, "lost")
        await assert_equals_fold(world)


async def test_a_primary_that_knows_less_for_a_moment_costs_no_bring_up(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1", "o2"])
    commits = world.built.stores.database["commits"]
    async with world.projecting():
        await world.caught_up()
        generations = await world.built.generations.live()
        [last] = await commits.find({"_id": 2}).to_list()
        await commits.delete_one(last)
        look = asyncio.create_task(_unseen(world))
        await look
        await commits.insert_one(last)
        await world.create("orders", ["o3"])
        await world.caught_up()
        assert await world.built.generations.live() == generations
        await assert_equals_fold(world)


async def test_a_full_redis_is_told_of_and_goes_on_when_there_is_memory_again(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
        before = await seen(world)
        with capture_logs() as logs:
            await world.redis.config_set("maxmemory", 1)
            await world.create("orders", ["o1"])
            await until(lambda: told(logs))
        assert await seen(world) == before
        await world.redis.config_set("maxmemory", 0)
        await world.caught_up()
        await assert_equals_fold(world)
        await until(lambda: _is_live(world))
    assert "maxmemory" in told(logs)[0]


@pytest.fixture
async def own(settings: Settings) -> AsyncIterator[tuple[World, Running]]:
    """A world whose Redis may be maltreated."""
    with fresh_redis() as running:
        chosen = settings.model_copy(update={"redis_url": running.url, "read_timeout": 0.3})
        redis = Redis.from_url(running.url)
        async with opened(chosen, redis) as world:
            yield world, running
        await redis.aclose()


async def test_a_redis_that_was_killed_comes_back_and_is_brought_up(own: tuple[World, Running]) -> None:
    world, running = own
    await world.declare("orders")
    async with world.projecting():
        await world.create("orders", ["o1"])
        await world.caught_up()
        await world.redis.save()
        await world.create("orders", ["o2"])
        await world.caught_up()
        running.process.kill()
        running.process.wait()
        with pytest.raises(ReadUnavailable):
            await world.queries.get("orders", "o1")
        await world.create("orders", ["o3"])
        [again] = await asyncio.to_thread(start, running.service)
        try:
            await world.caught_up()
            await assert_equals_fold(world)
        finally:
            again.stop()


async def test_a_frozen_redis_neither_stops_the_projector_nor_keeps_it_from_ending(
    own: tuple[World, Running],
) -> None:
    world, running = own
    await world.declare("orders")
    projecting = asyncio.create_task(world.projector().run())
    await world.caught_up()
    with capture_logs() as logs:
        os.kill(running.pid, signal.SIGSTOP)
        try:
            await world.create("orders", ["o1"])
            await until(lambda: told(logs))
        finally:
            os.kill(running.pid, signal.SIGCONT)
    await world.caught_up()
    await assert_equals_fold(world)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(3):
            await end([projecting])
    finally:
        os.kill(running.pid, signal.SIGCONT)


def told(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The troubles that a projector logged."""
    return [line["reason"] for line in logs if line["log_level"] in ("warning", "error")]


async def _answers(world: World, error: type[Exception], id: str) -> bool:
    """Whether a read is answered with `error`; a row is never wrong for longer than it takes to notice."""
    try:
        await world.queries._reads.get("orders", id)
    except error:
        return True
    return False


async def _nothing_is_rebuilt(world: World) -> bool:
    """Whether no rebuild runs: who keeps house while Redis is emptied may ask for one."""
    return not any(job.running for job in (await world.built.jobs.all()).values())


async def _unseen(world: World) -> None:
    """Return when the projector has looked at the log, and found it too short."""
    stats = world.built.stores.database
    before = (await stats.command("serverStatus"))["opcounters"]["query"]

    async def looked() -> bool:
        return bool((await stats.command("serverStatus"))["opcounters"]["query"] > before + 8)

    with suppress(AssertionError):
        await until(looked, 1.2)


async def _is_live(world: World) -> bool:
    return await world.states() == [("LIVE", None)]

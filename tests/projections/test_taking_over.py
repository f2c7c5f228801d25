"""More than one projector: the work is shared, taken over, given back; and who wakes up late does no harm."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from projections.bringup import BringUp
from projections.errors import LeaseLost
from projections.layout import Target
from projections.lease import Lease
from projections.shares import Shares
from tests.examples import seeds
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.processes import projector_process, shares, states_of
from tests.projections.rebuilding import STANDING
from tests.projections.world import World, until

pytestmark = KILLING
TAKEN_OVER = 5.0
BREATH = 0.08
"""Seconds that a writer rests between two bursts: without a rest it takes what the projectors need."""


@asynccontextmanager
async def writing(world: World, seed: int) -> AsyncIterator[None]:
    """Documents change all the time; when the block ends, nothing is on its way to the log any more."""
    ended = asyncio.Event()

    async def change() -> None:
        random = Random(seed)
        while not ended.is_set():
            await write(world, random, 4)
            await asyncio.sleep(BREATH)

    task = asyncio.create_task(change())
    try:
        yield
    finally:
        ended.set()
        await task


async def advances_within(world: World, seconds: float) -> None:
    """Fails unless every partition that is written to is applied up to where it is now, in so many seconds."""
    heads, begun = await world.heads(), time.monotonic()

    async def is_applied() -> bool:
        stands = await world.checkpoints()
        return all(at is not None and at >= head for at, head in zip(stands, heads, strict=True))

    await until(is_applied, seconds)
    assert time.monotonic() - begun < seconds


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_what_a_projector_had_that_is_killed_or_stands_still_is_taken_over_in_time(
    wide_world: World, number: signal.Signals
) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with projector_process(world) as one, projector_process(world) as other:
        await world.caught_up()
        await until(lambda: _are_shared(world, [one.pid, other.pid]))
        held = await shares(world)
        victim, heir = (one, other) if held.get(one.pid, 0) >= held.get(other.pid, 0) else (other, one)
        async with writing(world, 1):
            victim.send_signal(number)
            await until(lambda: _has_all(world, heir.pid), TAKEN_OVER)
            await advances_within(world, 2.0)
            if number == signal.SIGSTOP:
                victim.send_signal(signal.SIGCONT)
                await until(lambda: _are_shared(world, [one.pid, other.pid]))
        await world.caught_up()
        await assert_equals_fold(world)


async def test_what_a_projector_had_that_ends_cleanly_is_taken_over_at_once(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with projector_process(world) as one, projector_process(world) as other:
        await world.caught_up()
        await until(lambda: _are_shared(world, [one.pid, other.pid]))
        async with writing(world, 2):
            one.terminate()
            assert await one.wait() == 0
            await until(lambda: _has_all(world, other.pid), Shares.SECONDS / 2)
            await advances_within(world, 2.0)


async def test_a_projector_without_partitions_says_that_it_stands_by(world: World) -> None:
    await world.declare("orders")
    async with projector_process(world) as one:
        await world.caught_up()
        async with projector_process(world) as other:
            await until(lambda: _tell(world, {one.pid: ["LIVE"], other.pid: ["STANDBY"]}))
            one.kill()
            await until(lambda: _tell(world, {other.pid: ["LIVE"]}), TAKEN_OVER)


@seeds(1)
async def test_projectors_and_rebuilds_killed_and_stopped_at_random_under_load_end_with_the_fold(
    wide_world: World, seed: int
) -> None:
    world, random = wide_world, Random(seed)
    await world.declare("orders", "users")
    await world.create("orders", STANDING)
    async with projector_process(world) as survivor, writing(world, seed):
        for _ in range(2):
            async with projector_process(world) as victim:
                await world.built.jobs.ask("orders", {"max_rate": 100, "verify": random.random() < 0.5})
                await until(lambda: _has_begun(world))
                for target in random.sample((victim, survivor), 2):
                    target.send_signal(signal.SIGSTOP)
                    await advances_within(world, 2 * TAKEN_OVER) if target is survivor else None
                    target.send_signal(signal.SIGCONT)
                victim.kill()
            await world.rebuilt("orders")
    async with projector_process(world):
        await world.caught_up()
        await assert_equals_fold(world)


async def test_a_bring_up_that_is_killed_in_the_middle_is_taken_over_in_time_and_leaves_no_mark(
    world: World,
) -> None:
    await world.declare("orders")
    for part in range(6):
        await world.create("orders", [f"o{part}-{n}" for n in range(1000)], a=part)
    bring_up = world.layout.build("*")
    async with projector_process(world) as one, projector_process(world) as other:
        await world.caught_up(30)
        await world.redis.flushall()
        await until(lambda: _stands_somewhere(world, bring_up))
        holder = await _holder(world, bring_up)
        victim, heir = (one, other) if holder == one.pid else (other, one)
        assert holder == victim.pid
        victim.kill()
        killed = time.monotonic()
        await victim.wait()
        assert await world.checkpoints() == [None]

        async def is_taken_over() -> bool:
            return await _holder(world, bring_up) == heir.pid

        await until(is_taken_over, TAKEN_OVER)
        assert time.monotonic() - killed < TAKEN_OVER
        await world.caught_up()
        await assert_equals_fold(world)
        await until(lambda: _nothing_is_held(world))


async def test_the_step_that_ends_a_bring_up_takes_its_mark_away(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1"])
    lease = Lease(world.redis, world.layout.build("*").base, "ada")
    assert await lease.take()
    await BringUp(world.redis, world.layout, world.log, world.catalog).run(lease.fence)
    assert await world.checkpoints() == await world.heads()
    assert [key async for key in world.redis.scan_iter("*:fence")] == []


async def test_a_bring_up_whose_lease_another_has_makes_nothing_live(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1"])
    base = world.layout.build("*").base
    ada = Lease(world.redis, base, "ada")
    assert await ada.take()
    await world.redis.delete(f"{base}:lease")
    assert await Lease(world.redis, base, "bob").take()
    with pytest.raises(LeaseLost):
        await BringUp(world.redis, world.layout, world.log, world.catalog).run(ada.fence)
    assert await world.checkpoints() == [None]


async def _stands_somewhere(world: World, build: Target) -> bool:
    """Whether a build has come past the beginning, and is not done."""
    [at] = world.places((await world.built.generations.written(build)).values())
    return bool(at)


async def _holder(world: World, build: Target) -> int | None:
    """The process that has the lease on a build."""
    owner: Any = await world.redis.get(f"{build.base}:lease")
    return None if owner is None else int(owner.rpartition(b"-")[2])


async def _nothing_is_held(world: World) -> bool:
    return [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")] == []


async def _are_shared(world: World, pids: list[int]) -> bool:
    found = await shares(world)
    counts = [found.get(pid, 0) for pid in pids]
    return sum(counts) == world.log.partitions and max(counts) - min(counts) <= 1


async def _has_all(world: World, pid: int) -> bool:
    return await shares(world) == {pid: world.log.partitions}


async def _tell(world: World, wanted: dict[int, list[str]]) -> bool:
    return {pid: await states_of(world, pid) for pid in wanted} == wanted


async def _has_begun(world: World) -> bool:
    return (await world.built.jobs.all())["orders"].state != "queued"

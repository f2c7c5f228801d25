"""More than one projector: the work is shared, taken over, given back; and who wakes up late does no harm."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from events.background import Background
from projections.shares import Shares
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.processes import projector_process, shares, states_of
from tests.projections.test_rebuild import STANDING
from tests.projections.world import World, until

pytestmark = KILLING
TAKEN_OVER = 5.0


@asynccontextmanager
async def writing(world: World, seed: int) -> AsyncIterator[None]:
    """Documents change all the time."""

    async def change() -> None:
        random = Random(seed)
        while True:
            await write(world, random, 4)

    async with Background() as background:
        background.start(change(), "change")
        yield


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


@pytest.mark.parametrize("seed", [1])
async def test_projectors_and_rebuilds_killed_and_stopped_at_random_under_load_end_with_the_fold(
    wide_world: World, seed: int
) -> None:
    world, random = wide_world, Random(seed)
    await world.declare("orders", "users")
    await world.create("orders", STANDING)
    async with projector_process(world) as survivor, writing(world, seed):
        for _ in range(2):
            async with projector_process(world) as victim:
                await world.built.jobs.ask("orders", {"max_rate": 3000, "verify": random.random() < 0.5})
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

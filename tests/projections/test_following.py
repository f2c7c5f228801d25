"""The projector follows the log: soon, wholly, and saying how it goes."""

import asyncio
import time
from functools import partial
from itertools import pairwise
from statistics import median

import pytest

from commands.documents import Create, Delete, MergePatch, Put, Restore
from events.commit import Event
from projections import follower, rows_before
from tests.events.commits import new
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.world import World, until

pytestmark = KILLING


async def test_every_change_of_a_document_reaches_its_row(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders")
    async with world.projecting():
        for command in (Create({"a": 1}), MergePatch({"b": [2]}), Put({"c": None}), Delete(), Restore()):
            await world.write("orders", "o1", command)
            await world.caught_up()
            await assert_equals_fold(world)
        for command in (Delete(), Create({"d": 4})):
            await world.write("orders", "o1", command)
            await world.caught_up()
            await assert_equals_fold(world)


async def test_a_backlog_is_applied_in_batches_that_grow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "SMALLEST_BATCH", 2)
    monkeypatch.setattr(follower, "LARGEST_BATCH", 16)
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    await world.create("orders", (f"o{n}" for n in range(100)))
    places = await _places_of_steps(world, 100)
    steps = [after - before for before, after in pairwise(places)]
    assert steps == [2, 4, 8, 16, 16, 16, 16, 16, 6]


async def test_no_step_ends_within_what_was_appended_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "SMALLEST_BATCH", 2)
    monkeypatch.setattr(follower, "LARGEST_BATCH", 4)
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    ends = [0]
    for number, size in enumerate((1, 7, 1, 1, 1, 3, 2, 12, 1, 30)):
        news = [new(f"orders/{number}-{n}", events=[Event("created", {"n": n})]) for n in range(size)]
        ends.append((await world.log.append_together(news))[-1].position)
    places = await _places_of_steps(world, ends[-1])
    assert set(places) <= set(ends)
    assert places == [0, 8, 14, 28, 59]
    await assert_equals_fold(world)


async def test_what_was_appended_together_is_one_step_also_where_it_is_too_large_for_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step has room for two rows that were there before; patches of up to six documents come together."""
    monkeypatch.setattr(rows_before, "AT_ONCE", 2)
    await world.declare("orders")
    await world.create("orders", (f"o{n:02}" for n in range(20)))
    async with world.projecting():
        await world.caught_up()
    generation = (await world.built.generations.live())["orders"]
    sizes = [len(row) for row in await world.redis.hvals(world.layout.rows("orders", generation))]
    assert 3 * min(sizes) > 2 * max(sizes)
    monkeypatch.setattr(rows_before, "MOST_BYTES", 2 * max(sizes))
    ends, first = [int(await world.log.head(0))], 0
    for size in (1, 5, 1, 1, 2, 1, 3, 6):
        ids, first = range(first, first + size), first + size
        news = [
            new(f"orders/o{n:02}", expected=1, events=[Event("patched", {"set": {"n": -n}, "unset": []})])
            for n in ids
        ]
        ends.append((await world.log.append_together(news))[-1].position)
    places = [ends[0], *(await _places_of_steps(world, ends[-1]))[1:]]
    assert set(places) <= set(ends)
    assert [after - before for before, after in pairwise(places)] == [1, 5, 2, 2, 1, 3, 6]
    await assert_equals_fold(world)


async def test_what_is_appended_is_visible_within_moments(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
        took = []
        for n in range(40):
            written = await world.write("orders", f"o{n}", Create({}))
            at = time.perf_counter()
            await until(partial(_shows, world, written.id))
            took.append(time.perf_counter() - at)
    assert median(took) < 0.05


async def test_the_state_is_live_at_the_head_and_nobody_is_heard_of_after_a_stop(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.create("orders", ["o1"])
        await until(lambda: _states(world, [("LIVE", None)]))
    assert await world.built.heartbeats.alive() == []


async def test_two_projectors_at_one_time_do_no_harm(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with world.projecting(), world.projecting():
        for n in range(60):
            await world.write("orders" if n % 3 else "users", f"d{n % 7}", Put({"n": n}))
        await world.caught_up()
        await assert_equals_fold(world)


async def test_a_projector_that_is_stopped_ends_at_once(world: World) -> None:
    await world.declare("orders")
    running = asyncio.create_task(world.projector().run())
    await world.create("orders", ["o1"])
    await world.caught_up()
    running.cancel()
    async with asyncio.timeout(0.5):
        await asyncio.wait([running])
    assert running.cancelled()


async def _places_of_steps(world: World, head: int) -> list[int]:
    """Where the steps of a projector end that works off the log from its beginning up to `head`."""
    places = [0]
    async with world.redis.pubsub(ignore_subscribe_messages=True) as moved:
        await moved.subscribe(world.layout.moved)
        async with world.projecting():
            while places[-1] < head:
                if message := await moved.get_message(timeout=5):
                    places.append(int(message["data"]))
    return places


async def _shows(world: World, id: str) -> bool:
    reads = world.queries._reads
    return (await reads.get("orders", id)).row is not None


async def _states(world: World, wanted: list[tuple[str, str | None]]) -> bool:
    return await world.states() == wanted

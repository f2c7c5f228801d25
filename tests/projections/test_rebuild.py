"""A rebuild: readers never notice, whatever happens to it, and the result is what was there before."""

import asyncio

import pytest

from commands.documents import MergePatch
from events.position import Position
from projections.builds import Builds
from projections.checkpoint import Checkpoint
from projections.errors import RebuildRunning
from projections.generation import Blueprint
from projections.shape import EMPTY
from projections.step import Steps
from tests.projections.marks import KILLING
from tests.projections.oracle import (
    assert_equals_fold,
    assert_no_leftovers,
    folded,
    keys_of_generations,
    only_filled,
    seen,
)
from tests.projections.readers import Reader, reading
from tests.projections.rebuilding import STANDING, filled, writing
from tests.projections.wire import Fate, Wire
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("small_batches")]


async def test_readers_never_notice_a_rebuild_during_writes(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        reader = Reader(world.queries, "orders", STANDING, world.log.partitions)
        async with writing(world), reading(reader):
            for _ in range(3):
                before = await world.built.generations.live()
                await world.rebuild("orders")
                after = await world.built.generations.live()
                assert after["orders"] > before["orders"]
                assert after["users"] == before["users"]
        await world.caught_up()
        await until(lambda: _is_tidy(world))
        await assert_equals_fold(world)
    assert reader.reads > 200


async def test_a_rebuild_gives_the_very_bytes_that_were_there(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        before, keys = await seen(world), await keys_of_generations(world)
        await world.rebuild("orders")
        await world.rebuild("users")
        assert await seen(world) == before
        assert not keys & await keys_of_generations(world)
        await assert_no_leftovers(world)


@pytest.mark.parametrize("fate", Fate)
async def test_a_rebuild_killed_at_any_message_goes_on_where_it_was(
    world: World, wire: Wire, fate: Fate
) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
    reader = Reader(world.queries, "orders", STANDING, world.log.partitions)
    was_killed, message = True, 0
    async with reading(reader):
        while was_killed:
            message += 5
            await world.redis.delete(f"{world.layout.build('orders').base}:lease")
            try:
                await world.built.jobs.ask("orders")
            except RebuildRunning:
                assert message > 5
            was_killed = await killed_at(world, wire, message, fate)
            await world.write("orders", STANDING[0], MergePatch({"n": message}))
        async with world.projecting():
            await world.rebuilt("orders")
            await world.caught_up()
            await until(lambda: _is_tidy(world))
            await assert_equals_fold(world)
    assert message > 20


async def test_a_second_rebuild_of_a_collection_is_refused_while_the_first_one_runs(world: World) -> None:
    await world.declare("orders", "users")
    await world.built.jobs.ask("orders")
    with pytest.raises(RebuildRunning):
        await world.built.jobs.ask("orders")
    await world.built.jobs.ask("users")
    async with world.projecting():
        await world.rebuilt("orders")
        await world.rebuilt("users")
        await world.rebuild("orders")


async def test_of_two_asked_for_at_once_one_is_refused(world: World) -> None:
    await world.declare("orders")
    asked = await asyncio.gather(*(world.built.jobs.ask("orders") for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in asked) == ["Job", "RebuildRunning"]


async def test_two_projectors_do_a_rebuild_together_without_harm(world: World) -> None:
    await filled(world)
    async with world.projecting(), world.projecting():
        await world.caught_up()
        async with writing(world):
            await world.rebuild("orders")
            await world.rebuild("users")
        await world.caught_up()
        await until(lambda: _is_tidy(world))
        await assert_equals_fold(world)


@pytest.mark.parametrize("lost", ["generations", "checkpoint:0", "*"])
async def test_a_rebuild_that_lost_its_keys_begins_anew(world: World, lost: str) -> None:
    await half_done(world)
    keys = [key async for key in world.redis.scan_iter(f"{world.layout.build('orders').base}:{lost}")]
    assert await world.redis.delete(*keys) > 0
    await assert_ends_well(world)


async def test_a_rebuild_ahead_of_what_is_live_begins_anew(world: World) -> None:
    await half_done(world)
    ahead = Checkpoint(world.log.id, Position(await world.log.head(0) + 1)).write()
    await world.redis.set(world.layout.build("orders").checkpoint(0), ahead)
    await assert_ends_well(world)


async def test_a_rebuild_begun_on_another_log_begins_anew(world: World) -> None:
    await half_done(world)
    foreign = Checkpoint("another", await world.log.head(0)).write()
    await world.redis.set(world.layout.build("orders").checkpoint(0), foreign)
    await assert_ends_well(world)


async def test_a_rebuild_that_fails_says_why_and_leaves_the_old_generation(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
    before = await seen(world)
    commits = world.built.stores.database["commits"]
    await commits.update_one({"_id": 3}, {"$set": {"stream": "orders/x", "events": 5}})
    await world.built.jobs.ask("orders")
    async with world.projecting():
        await until(lambda: _failed(world))
        assert "'int' object is not iterable" in str((await world.built.jobs.all())["orders"].error)
        await until(lambda: _is_tidy(world))
    assert await seen(world) == before


async def test_a_collection_without_documents_can_be_rebuilt(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.rebuild("orders")
        await until(lambda: _is_tidy(world))


async def half_done(world: World) -> None:
    """A rebuild of the orders that a projector left in the middle; everything is live."""
    await filled(world)
    async with world.projecting():
        await world.caught_up()
    stores, build = world.built.stores, world.layout.build("orders")
    await Builds(stores.redis, world.layout, world.log.id, 1).start(build, {"orders": Blueprint(0, EMPTY)})
    commits = await world.log.read_partition(0, after=Position(0), limit=30, collection="orders")
    steps = Steps(stores.redis, world.layout, build, world.log, world.catalog)
    await steps.apply(commits, Position(0), commits[-1].position)
    await world.built.jobs.ask("orders")


async def assert_ends_well(world: World) -> None:
    """The rebuild is done, and Redis holds the fold of the log."""
    async with world.projecting():
        await world.rebuilt("orders")
    heads = await world.heads()
    moment = await seen(world)
    assert moment.checkpoints == heads
    assert only_filled(moment.kept) == await folded(world, heads, moment.shapes)


async def _failed(world: World) -> bool:
    return (await world.built.jobs.all())["orders"].state == "failed"


async def _is_tidy(world: World) -> bool:
    try:
        await assert_no_leftovers(world)
    except AssertionError:
        return False
    return True


async def killed_at(world: World, wire: Wire, message: int, fate: Fate) -> bool:
    """Whether a projector was killed at a message, before the rebuild was done."""
    async with world.projecting_through(wire.url) as task:
        wire.expect(message, fate, task.cancel)

        async def is_over() -> bool:
            return task.done() or (await world.built.jobs.all())["orders"].state == "done"

        await until(is_over)
        return task.done()

"""Generations that are kept: up to date, ready to go back to, and gone when nobody wants them."""

from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs

from commands.documents import MergePatch
from projections.changes import Changes, work_out
from projections.errors import NothingKept
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.readers import Reader, reading
from tests.projections.rebuilding import STANDING, filled, job_of, kept_equals_live, writing
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("small_batches")]


async def test_what_is_kept_stays_at_the_position_of_what_is_live(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        before = await world.built.generations.live()
        await _rebuilt_and_kept(world)
        assert await world.built.generations.kept() == {"orders": before["orders"]}
        await write(world, Random(5), 40)
        await world.caught_up()
        await kept_equals_live(world)


async def test_a_rollback_is_instant_takes_no_reader_back_and_can_be_undone(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        first = (await world.built.generations.live())["orders"]
        await _rebuilt_and_kept(world)
        second = (await world.built.generations.live())["orders"]
        reader = Reader(world.queries, "orders", STANDING, world.log.partitions)
        async with writing(world), reading(reader):
            for expected in (first, second, first):
                assert (await world.built.steering.rollback("orders")).number == expected
                assert (await world.built.generations.live())["orders"] == expected
                seen_so_far = reader.reads
                await until(lambda: reader.reads > seen_so_far + 50)  # noqa: B023 - awaited within this turn
        await world.caught_up()
        await kept_equals_live(world)
        assert (await job_of(world)).state == "rolled_back"
        await world.built.steering.forget("orders")
        await assert_equals_fold(world)


async def test_a_step_that_reads_what_is_being_freed_parks_nothing_and_says_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await _rebuilt_and_kept(world)
        kept = world.layout.rows("orders", (await world.built.generations.kept())["orders"])

        async def freed_meanwhile(*place: Any, **how: Any) -> Changes:
            monkeypatch.setattr("projections.step.work_out", work_out)
            await world.built.steering.forget("orders")
            await until(lambda: _is_gone(world, kept))
            return await work_out(*place, **how)

        monkeypatch.setattr("projections.step.work_out", freed_meanwhile)
        with capture_logs() as said:
            await world.write("orders", STANDING[0], MergePatch({"n": 2}))
            await world.caught_up()
        assert await world.built.generations.kept() == {}
        assert not [line for line in said if line["log_level"] == "warning"]
        await assert_equals_fold(world)


async def test_there_is_no_rollback_without_a_generation_that_was_kept(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.rebuild("orders")
        with pytest.raises(NothingKept):
            await world.built.steering.rollback("orders")
        with pytest.raises(NothingKept):
            await world.built.steering.forget("orders")


async def test_a_later_rebuild_frees_what_was_kept(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await _rebuilt_and_kept(world)
        await world.rebuild("orders")
        assert await world.built.generations.kept() == {}
        await assert_equals_fold(world)


async def test_a_rebuild_for_a_changed_declaration_keeps_what_it_replaces_where_something_was_kept(
    world: World,
) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await _rebuilt_and_kept(world)
        second = (await world.built.generations.live())["orders"]
        await world.declare("orders", indexes=[["n"]])
        await until(lambda: _has_changed(world, second))
        assert await world.built.generations.kept() == {"orders": second}
        await kept_equals_live(world)


async def test_a_drop_frees_what_was_kept(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await _rebuilt_and_kept(world)
        await world.drop("orders")
        assert await world.built.generations.kept() == {}
        await until(lambda: _nothing_of_orders_is_left(world))


async def _rebuilt_and_kept(world: World) -> None:
    await world.built.jobs.ask("orders", {"keep": True})
    await world.rebuilt("orders")


async def _nothing_of_orders_is_left(world: World) -> bool:
    return [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:*:orders:*")] == []


async def _has_changed(world: World, live: int) -> bool:
    return (await world.built.generations.live())["orders"] != live


async def _is_gone(world: World, key: str) -> bool:
    return not await world.redis.exists(key)

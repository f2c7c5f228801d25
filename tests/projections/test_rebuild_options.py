"""What a rebuild can be told: to compare, to share the work, to take its time, to stop."""

from random import Random

import pytest

from projections.errors import NoRebuildRuns, RebuildRunning
from projections.generation import companion
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.rebuilding import (
    STANDING,
    filled,
    has_begun,
    is_free,
    job_of,
    kept_equals_live,
    until_it_is,
    writing,
)
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("small_batches")]


async def test_a_rebuild_that_compares_finds_what_is_the_same_and_goes_live(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        before = await world.built.generations.live()
        async with writing(world):
            await world.built.jobs.ask("orders", {"verify": True})
            await world.rebuilt("orders")
        await world.caught_up()
        await assert_equals_fold(world)
    job = await job_of(world)
    assert job.differences == []
    assert job.compared is not None
    assert job.compared >= len(STANDING)
    assert (await world.built.generations.live())["orders"] > before["orders"]


async def test_a_rebuild_that_compares_names_what_somebody_changed_by_hand_and_does_not_switch(
    world: World,
) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        live = await world.built.generations.live()
        rows = world.layout.rows("orders", live["orders"])
        row = await world.redis.hget(rows, STANDING[3])
        await world.redis.hset(rows, STANDING[3], row + b" ")
        await world.redis.hdel(rows, STANDING[5])
        await world.redis.hset(rows, "nobody", row)
        await world.built.jobs.ask("orders", {"verify": True})
        job = await until_it_is(world, "failed")
        assert await world.built.generations.live() == live
        assert set(job.differences) == {STANDING[3], STANDING[5], "nobody"}
        await until(lambda: _is_cleared(world))
        await world.rebuild("orders")
        await assert_equals_fold(world)


async def test_differences_in_indexes_are_named_by_the_documents_they_are_of(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        live = await world.built.generations.live()
        index = world.layout.index("orders", live["orders"], "created,")
        [first] = await world.redis.zrange(index, 0, 0)
        await world.redis.zrem(index, first)
        await world.built.jobs.ask("orders", {"verify": True})
        job = await until_it_is(world, "failed")
        assert job.differences == [first[16:].decode()]


async def test_differences_in_views_are_named(world: World) -> None:
    await world.declare("orders", views={"by_n": {"group_by": ["n"], "measures": {"count": "count"}}})
    await world.create("orders", STANDING)
    async with world.projecting():
        await world.caught_up()
        view = world.layout.view("orders", (await world.built.generations.live())["orders"], "by_n")
        [some, *_] = await world.redis.hkeys(view)
        await world.redis.hdel(view, some)
        await world.built.jobs.ask("orders", {"verify": True})
        job = await until_it_is(world, "failed")
        assert job.differences == ["view by_n"]


async def test_rows_of_a_view_are_compared_although_its_orders_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_n = {"group_by": ["n"], "measures": {"count": "count"}}
    await world.declare("orders", views={"by_n": {**by_n, "orders": [["count", "n"]]}})
    await world.create("orders", STANDING)
    async with world.projecting():
        await world.caught_up()
        monkeypatch.setattr("projections.housekeeping._may_rebuild", lambda declared, last: False)
        await world.declare("orders", views={"by_n": {**by_n, "orders": [["-n", "count"]]}})
        await world.built.jobs.ask("orders", {"verify": True})
        await until_it_is(world, "done")
        await world.declare("orders", views={"by_n": by_n})
        view = world.layout.view("orders", (await world.built.generations.live())["orders"], "by_n")
        [some, *_] = await world.redis.hkeys(view)
        await world.redis.hset(view, some, b"otherwise")
        await world.built.jobs.ask("orders", {"verify": True})
        assert (await until_it_is(world, "failed")).differences == ["view by_n"]


async def test_a_paused_rebuild_rests_and_goes_on_where_it_was(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 40})
        await until(lambda: has_begun(world))
        await world.built.steering.pause("orders")
        await until(lambda: is_free(world))
        checkpoint = await world.redis.get(world.layout.build("orders").checkpoint(0))
        await write(world, Random(6), 10)
        await world.caught_up()
        assert await world.redis.get(world.layout.build("orders").checkpoint(0)) == checkpoint
        assert (await job_of(world)).state == "paused"
    async with world.projecting():
        await world.built.steering.resume("orders")
        await world.rebuilt("orders")
        await world.caught_up()
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


async def test_a_cancelled_rebuild_leaves_nothing_and_what_was_live(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        before = await world.built.generations.live()
        await world.built.jobs.ask("orders", {"max_rate": 40})
        await until(lambda: has_begun(world))
        await world.built.steering.cancel("orders")
        await until(lambda: _is_cleared(world))
        assert (await job_of(world)).state == "cancelled"
        assert await world.built.generations.live() == before
        with pytest.raises(NoRebuildRuns):
            await world.built.steering.cancel("orders")
        await assert_equals_fold(world)


async def test_a_rebuild_asked_for_after_one_was_cancelled_is_done_as_it_was_asked_for(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 40})
        await until(lambda: has_begun(world))
        await world.built.steering.cancel("orders")
        await world.built.jobs.ask("orders", {"keep": True})
        await world.rebuilt("orders")
        await kept_equals_live(world)


async def test_nothing_can_be_steered_where_nothing_runs(world: World) -> None:
    await world.declare("orders")
    for steer in (world.built.steering.pause, world.built.steering.resume, world.built.steering.cancel):
        with pytest.raises(NoRebuildRuns):
            await steer("orders")


async def test_a_rebuild_asked_for_with_other_options_than_one_that_runs_is_told_which(
    world: World,
) -> None:
    await world.declare("orders")
    await world.built.jobs.ask("orders", {"verify": True, "workers": 2})
    with pytest.raises(RebuildRunning) as refused:
        await world.built.jobs.ask("orders", {"verify": True, "workers": 3, "keep": True})
    assert refused.value.others == ("workers", "keep")
    with pytest.raises(RebuildRunning) as same:
        await world.built.jobs.ask("orders", {"verify": True})
    assert same.value.others == ()


async def test_a_rate_is_kept_to(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 60})
        await world.rebuilt("orders")
        job = await job_of(world)
        assert job.finished_at is not None
        assert job.started_at is not None
        assert job.total / (job.finished_at - job.started_at) < 60 * 1.5


async def _is_cleared(world: World) -> bool:
    build = [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")]
    beside = await world.redis.hexists(world.layout.live.generations, companion("orders", "next"))
    return build == [] and not beside

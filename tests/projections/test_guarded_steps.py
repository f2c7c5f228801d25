"""A step happens once or not at all: taken twice, late, or where others have moved on, it does nothing."""

import asyncio
from typing import Any

import pytest

from commands.documents import Delete, MergePatch
from events.commit import Commit
from events.position import Position
from projections.builds import Builds
from projections.changes import Changes
from projections.checkpoint import Checkpoint
from projections.companions import Companions
from projections.errors import CheckpointMoved, ProjectionAway
from projections.fence import Fence
from projections.generation import Blueprint, Generation, blueprint
from projections.parked import read_all_parked
from projections.shape import EMPTY
from projections.step import Steps
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, keys_of_generations, seen
from tests.projections.world import World

pytestmark = KILLING
START = Position(0)
PLAIN = Blueprint(0, EMPTY)


@pytest.fixture
async def steps(world: World) -> Steps:
    """Steps of the live projections, which stand at the beginning of a log of five commits."""
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    await world.create("orders", ["o1", "o2", "o3"])
    await world.write("orders", "o1", MergePatch({"n": 10}))
    await world.write("orders", "o1", MergePatch({"n": 11}))
    return another(world)


def another(world: World) -> Steps:
    """Steps as another projector has them."""
    return Steps(world.built.stores.redis, world.layout, world.layout.live, world.log, world.catalog)


async def commits(world: World, after: int, upto: int) -> list[Commit]:
    """The commits after a position up to another."""
    return await world.log.read_partition(0, after=Position(after), until=Position(upto), limit=100)


async def test_a_step_applied_twice_happens_once(world: World, steps: Steps) -> None:
    batch = await commits(world, 0, 5)
    await steps.apply(batch, START, Position(5))
    before = await seen(world)
    with pytest.raises(CheckpointMoved):
        await steps.apply(batch, START, Position(5))
    assert await seen(world) == before
    await assert_equals_fold(world)


async def test_of_many_projectors_that_take_one_step_exactly_one_does(world: World, steps: Steps) -> None:
    batch = await commits(world, 0, 5)
    outcomes = await asyncio.gather(
        *(another(world).apply(batch, START, Position(5)) for _ in range(8)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(CheckpointMoved) == 7
    assert outcomes.count(None) == 1
    await assert_equals_fold(world)


async def test_a_projector_that_fell_behind_changes_nothing(world: World, steps: Steps) -> None:
    await steps.apply(await commits(world, 0, 3), START, Position(3))
    stale = await commits(world, 0, 1)
    await steps.apply(await commits(world, 3, 5), Position(3), Position(5))
    with pytest.raises(CheckpointMoved):
        await another(world).apply(stale, START, Position(1))
    await assert_equals_fold(world)


async def test_a_step_decided_before_a_generation_was_switched_is_refused(world: World, steps: Steps) -> None:
    await steps.apply(await commits(world, 0, 3), START, Position(3))
    before = await seen(world)
    last = await commits(world, 3, 5)
    redis = world.built.stores.redis
    switched = Generation(99, 0).write()

    class Interrupted(Steps):
        """Between reading rows and writing them, another projector switches the generation."""

        async def _work_out(self, *given: Any) -> list[Changes]:
            changes = await super()._work_out(*given)
            await world.redis.hset(world.layout.live.generations, "orders", switched)
            return changes

    late = Interrupted(redis, world.layout, world.layout.live, world.log, world.catalog)
    with pytest.raises(CheckpointMoved):
        await late.apply(last, Position(3), Position(5))
    assert (await seen(world)).checkpoints == before.checkpoints
    assert not any(":99" in key for key in await keys_of_generations(world))


async def test_rows_that_another_projector_wrote_meanwhile_are_no_event_that_does_not_fit(
    world: World, steps: Steps
) -> None:
    batch = await commits(world, 0, 5)
    await world.write("orders", "o1", Delete())
    head = Position(6)
    await steps.apply(batch, START, Position(5))
    last = await commits(world, 5, head)

    class Overtaken(Steps):
        """Between reading the checkpoint and reading rows, another projector takes the step."""

        async def _work_out(self, *given: Any) -> list[Changes]:
            await another(world).apply(last, Position(5), head)
            return await super()._work_out(*given)

    late = Overtaken(world.built.stores.redis, world.layout, world.layout.live, world.log, world.catalog)
    with pytest.raises(CheckpointMoved):
        await late.apply(last, Position(5), head)
    await assert_equals_fold(world)


async def test_an_event_that_does_not_fit_parks_its_document_when_nobody_was_faster(
    world: World, steps: Steps
) -> None:
    batch = await commits(world, 3, 5)
    await world.put_checkpoint(3)
    await steps.apply(batch, Position(3), Position(5))
    [[number]] = [list((await world.built.generations.live()).values())]
    [parked] = await read_all_parked(world.redis, [world.layout.parked("orders", number)])
    assert [(id, found.position, found.waiting) for id, found in parked.items()] == [("o1", 4, 2)]


@pytest.mark.parametrize("written", [None, "another-log 0", "nonsense", "x y z"])
async def test_a_step_from_a_checkpoint_that_is_not_there_is_refused(
    world: World, steps: Steps, written: str | None
) -> None:
    key = world.layout.live.checkpoint(0)
    await world.redis.delete(key) if written is None else await world.redis.set(key, written)
    with pytest.raises(CheckpointMoved):
        await steps.apply(await commits(world, 0, 5), START, Position(5))
    assert (await seen(world)).kept == {}
    assert await steps.checkpoint(0) is None


async def test_a_step_that_redis_refuses_writes_nothing(world: World, steps: Steps) -> None:
    await steps.apply(await commits(world, 0, 3), START, Position(3))
    before = await seen(world)
    await world.redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(ProjectionAway, match="maxmemory"):
            await steps.apply(await commits(world, 3, 5), Position(3), Position(5))
    finally:
        await world.redis.config_set("maxmemory", 0)
    assert await seen(world) == before
    await steps.apply(await commits(world, 3, 5), Position(3), Position(5))
    await assert_equals_fold(world)


async def test_nothing_joins_what_is_live_already(world: World, steps: Steps) -> None:
    builds = Builds(world.built.stores.redis, world.layout, world.log.id, 1)
    build = world.layout.build("*")
    await builds.start(build, {"orders": PLAIN})
    late = Steps(world.built.stores.redis, world.layout, build, world.log, world.catalog)
    await late.apply(await commits(world, 0, 2), START, Position(2))
    await steps.apply(await commits(world, 0, 5), START, Position(5))
    before = await seen(world)
    with pytest.raises(CheckpointMoved):
        await builds.join_all(build, {0: Position(2)}, _agree, Fence("nobody:fence", b""))
    assert await seen(world) == before


async def test_a_generation_joins_only_where_the_live_ones_stand(world: World, steps: Steps) -> None:
    builds = Builds(world.built.stores.redis, world.layout, world.log.id, 1)
    beside = Companions(world.built.stores.redis, world.layout, 1)
    build = world.layout.build("orders")
    await builds.start(build, {"orders": blueprint(world.catalog, "orders", 1)})
    await steps.apply(await commits(world, 0, 5), START, Position(5))
    before = await seen(world)
    with pytest.raises(CheckpointMoved):
        await beside.join(build, "orders", _agree)
    filling = Steps(world.built.stores.redis, world.layout, build, world.log, world.catalog)
    await filling.apply(await commits(world, 0, 5), START, Position(5))
    await beside.join(build, "orders", _agree)
    await beside.promote("orders", "next", keep=False, confirm=_agree, finish=lambda step: None)
    assert await seen(world) == before
    await assert_equals_fold(world)


async def test_what_was_seen_before_others_moved_it_is_not_forgotten(world: World, steps: Steps) -> None:
    builds = Builds(world.built.stores.redis, world.layout, world.log.id, 1)
    await steps.apply(await commits(world, 0, 5), START, Position(5))
    with pytest.raises(CheckpointMoved):
        await builds.forget(world.layout.live, {0: Checkpoint(world.log.id, START).write()})
    await assert_equals_fold(world)


async def _agree(*built: object) -> None:
    """Nothing speaks against it."""

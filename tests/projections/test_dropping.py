"""A dropped collection's documents stay gone, and one declared anew by its name begins with nothing."""

from random import Random

import pytest

from catalog.catalog import Catalog
from commands.documents import Create, MergePatch, Put
from events.position import Position
from projections.builds import Builds
from projections.errors import CheckpointMoved, CheckpointUnusable
from projections.generation import Blueprint
from projections.lease import Lease
from projections.rebuild import Rebuild
from projections.shape import EMPTY
from projections.step import Groups, Steps
from queries.errors import ProjectionsAbsent, RowMissing
from queries.freshness import Freshness
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, keys_of_generations, seen
from tests.projections.test_losing_redis import copied, put_back
from tests.projections.world import ACTOR, World, until

pytestmark = KILLING
OLD = ("o1", "o2", "o3")


async def with_old_documents(world: World) -> None:
    """Three documents, projected, with others around them; no projector runs any more."""
    await world.declare("orders", "users")
    await world.create("orders", OLD)
    await write(world, Random(5), 10)
    async with world.projecting():
        await world.caught_up()


async def declared_anew(world: World) -> None:
    """The orders, with one new document of an old name."""
    await world.declare("orders")
    await world.write("orders", "o2", Create({"new": True}))


async def ids(world: World) -> set[bytes]:
    """The orders that there are rows of."""
    orders = (await seen(world)).kept.get("orders")
    return set() if orders is None else set(orders.rows)


@pytest.mark.parametrize("away", [False, True], ids=["projecting", "away"])
async def test_documents_of_a_dropped_collection_stay_gone_and_new_ones_appear(
    wide_world: World, *, away: bool
) -> None:
    world = wide_world
    await with_old_documents(world)
    if away:
        await world.drop("orders")
        await declared_anew(world)
    async with world.projecting():
        if not away:
            await world.drop("orders")
            await world.caught_up()
            assert await ids(world) == set()
            await declared_anew(world)
        await world.caught_up()
        assert await ids(world) == {b"o2"}
        await assert_equals_fold(world)


async def test_nobody_reads_an_old_document_after_a_drop_that_redis_was_not_told_of(wide_world: World) -> None:
    world = wide_world
    await with_old_documents(world)
    await world.drop_unheard("orders")
    await declared_anew(world)
    after = Freshness(await world.heads(), 10)
    async with world.projecting():

        async def is_read() -> bool:
            try:
                page = await world.queries.list("orders", 9, None, after)
            except ProjectionsAbsent:
                return False
            assert [b'"new":true' in item for item in page.items] == [True]
            return True

        await until(is_read)
        with pytest.raises(RowMissing):
            await world.queries.get("orders", "o1", after)
        await until(lambda: _is_fold(world))


async def test_rows_of_a_dropped_collection_are_freed_although_redis_was_not_told(world: World) -> None:
    await with_old_documents(world)
    async with world.projecting():
        await world.drop_unheard("orders")
        await until(lambda: _has_no_rows(world, "orders"))
        await assert_equals_fold(world)


async def test_an_older_copy_of_redis_does_not_bring_dropped_documents_back(wide_world: World) -> None:
    world = wide_world
    await with_old_documents(world)
    copy = await copied(world.redis)
    await world.drop("orders")
    await declared_anew(world)
    async with world.projecting():
        await world.caught_up()
        await put_back(world.redis, copy)
        await until(lambda: _is_fold(world))


async def test_a_collection_dropped_while_it_is_rebuilt_ends_the_rebuild(world: World) -> None:
    await with_old_documents(world)
    await half_rebuilt(world)
    await world.drop("orders")
    async with world.projecting():
        await until(lambda: _has_failed(world))
        await until(lambda: _is_fold(world))
        await declared_anew(world)
        await world.caught_up()
        await world.rebuild("orders")
        await until(lambda: _is_fold(world))


async def test_a_collection_declared_anew_while_it_is_rebuilt_is_rebuilt_without_the_old(world: World) -> None:
    await with_old_documents(world)
    await half_rebuilt(world)
    await world.drop("orders")
    await declared_anew(world)
    async with world.projecting():
        await world.rebuilt("orders")
        assert await ids(world) == {b"o2"}
        await until(lambda: _is_fold(world))


async def test_what_was_built_of_the_old_does_not_go_live_when_it_is_declared_anew_at_the_last_moment(
    world: World,
) -> None:
    await with_old_documents(world)

    class Overtaken(Rebuild):
        """The collection is dropped, and declared anew, when everything is built."""

        async def _approach(self) -> None:
            await super()._approach()
            await world.drop("orders")
            await declared_anew(world)

    job = await world.built.jobs.ask("orders")
    stores = world.built.stores
    with pytest.raises(CheckpointUnusable):
        lease = Lease(stores.redis, world.layout.build("orders").base, "test")
        assert await lease.take()
        async with lease.kept() as fence:
            await Overtaken(stores.redis, world.layout, world.log, world.catalog, job, fence).run()
    assert "orders" not in await world.built.generations.live()
    async with world.projecting():
        await world.rebuilt("orders")
        assert await ids(world) == {b"o2"}
        await until(lambda: _is_fold(world))


async def test_a_step_under_way_while_its_collection_is_dropped_is_refused(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    await world.create("orders", OLD)

    class Overtaken(Steps):
        """The collection is dropped just after it was found to be there."""

        async def _choose(self, step: object, groups: Groups, *found: object) -> dict[str, object]:  # type: ignore[override]
            chosen = await super()._choose(step, groups, *found)  # type: ignore[arg-type]
            await world.drop("orders")
            return dict(chosen)

    late = Overtaken(world.built.stores.redis, world.layout, world.layout.live, world.log, world.catalog)
    commits = await world.log.read_partition(0, after=Position(0), limit=9)
    with pytest.raises(CheckpointMoved):
        await late.apply(commits, Position(0), Position(3))
    assert await keys_of_generations(world) == set()


async def test_a_projector_that_has_not_heard_of_a_drop_brings_nothing_back(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    await world.create("orders", OLD)
    unaware = await Catalog.open(world.built.stores.database, prefix="unaware")
    await world.drop("orders")
    await declared_anew(world)
    commits = await world.log.read_partition(0, after=Position(0), limit=9)
    start = Position(0)
    for after, batch in ((start, commits[:0]), (start, commits[:2]), (commits[1].position, commits[2:])):
        redis = world.built.stores.redis
        steps = Steps(redis, world.layout, world.layout.live, world.log, unaware)
        if batch:
            await steps.apply(batch, after, batch[-1].position)
        else:
            generation = f"7 {int(await world.log.head(0)) - 1}"
            await world.redis.hset(world.layout.live.generations, "orders", generation)
    assert await ids(world) == {b"o2"}


async def test_a_writer_that_has_not_heard_of_a_drop_does_not_halt_the_projector(world: World) -> None:
    await with_old_documents(world)
    unaware = world.catalog.get("orders")
    assert unaware is not None
    await world.drop("orders")
    await declared_anew(world)
    commands = world.built.commands
    await commands.write(unaware, "o1", MergePatch({"late": True}), actor=ACTOR)
    await commands.write(unaware, "o3", Put({"late": True}), actor=ACTOR)
    async with world.projecting():
        await world.caught_up()
        assert await ids(world) == {b"o2"}


async def half_rebuilt(world: World) -> None:
    """A rebuild of the orders that a projector left in the middle."""
    stores, build = world.built.stores, world.layout.build("orders")
    await Builds(stores.redis, world.layout, world.log.id, 1).start(build, {"orders": Blueprint(0, EMPTY)})
    commits = await world.log.read_partition(0, after=Position(0), limit=2, collection="orders")
    steps = Steps(stores.redis, world.layout, build, world.log, world.catalog)
    await steps.apply(commits, Position(0), commits[-1].position)
    await world.built.jobs.ask("orders")


async def _has_failed(world: World) -> bool:
    job = (await world.built.jobs.all())["orders"]
    return job.state == "failed" and job.error == "orders was dropped"


async def _has_no_rows(world: World, collection: str) -> bool:
    return not any(f":{collection}:" in key for key in await keys_of_generations(world))


async def _is_fold(world: World) -> bool:
    try:
        await assert_equals_fold(world)
    except AssertionError:
        return False
    return True

"""Indexes and orders that are declared later: built in the background, while all is read as it is."""

import asyncio
from random import Random
from typing import Any

import orjson
import pytest

from commands.documents import MergePatch
from events.position import Position
from projections import housekeeping
from projections.rebuild import Rebuild
from projections.shape import EMPTY, shape_of
from queries.freshness import Freshness
from queries.language import from_body
from queries.lists import Page
from tests.projections.histories import watching, write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, assert_no_leftovers, seen
from tests.projections.readers import Reader, reading
from tests.projections.world import World, until

pytestmark = KILLING
STANDING = [f"always-{n}" for n in range(10)]


async def keeps_what_is_declared(world: World, name: str) -> bool:
    """Whether the live generation has the declared shape."""
    declared = world.catalog.get(name)
    assert declared is not None
    kept = (await seen(world)).shapes.get(name, EMPTY)
    return kept.is_same(shape_of(declared))


async def until_kept(world: World, name: str) -> None:
    """Wait until the live generation has the declared shape."""
    await until(lambda: keeps_what_is_declared(world, name))


async def test_a_first_commit_finds_the_declared_indexes(wide_world: World) -> None:
    world = wide_world
    async with world.projecting():
        await world.declare("orders", indexes=[["n"]])
        await world.create("orders", ["o1", "o2"])
        await world.caught_up()
    assert await keeps_what_is_declared(world, "orders")
    assert [len(found) for found, _ in (await seen(world)).kept["orders"].indexes.values()] == [2]
    await assert_equals_fold(world)


async def test_indexes_declared_later_are_built_while_documents_are_read_and_written(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", indexes=[["n"]])
    await world.declare("users")
    await world.create("orders", STANDING)
    async with world.projecting():
        await world.caught_up()
        reader = Reader(world.queries, "orders", STANDING, world.log.partitions)
        async with reading(reader), watching(world) as moments:
            await world.declare("orders", indexes=[["a", "-n"], ["b"]])
            for n in range(20):
                await world.write("orders", STANDING[n % 10], MergePatch({"a": ["x", n]}))
            await until_kept(world, "orders")
            await write(world, Random(3), 20)
            await world.caught_up()
        assert reader.reads > 20
        shown = {",".join(index.name for index in moment.shapes["orders"].indexes) for moment in moments}
        assert shown <= {"n", "a,-n,b"}
        assert "a,-n,b" in shown
        await until(lambda: is_at_rest(world))
    await assert_equals_fold(world)


async def test_what_is_declared_while_it_is_being_built_comes_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.declare("orders", indexes=[["n"]])
    await world.create("orders", STANDING)

    approach = Rebuild._approach

    async def declaring(rebuild: Rebuild) -> None:
        monkeypatch.undo()
        await world.declare("orders", indexes=[["b"]])
        await approach(rebuild)

    async with world.projecting():
        await world.caught_up()
        monkeypatch.setattr(Rebuild, "_approach", declaring)
        await world.declare("orders", indexes=[["a"]])
        await until(lambda: is_of(world, "b"))
        await until(lambda: is_at_rest(world))
    await assert_equals_fold(world)


async def test_the_order_of_indexes_and_what_is_no_index_rebuild_nothing(world: World) -> None:
    await world.declare("orders", indexes=[["a"], ["b"]])
    await world.create("orders", STANDING)
    async with world.projecting():
        await world.caught_up()
        await world.declare("orders", indexes=[["b"], ["a"]], schema={"type": "object"}, require_if_match=True)
        await world.declare("users")
        await world.create("users", ["ada"])
        await world.caught_up()
        await world.rebuild("users")
        house = housekeeping.Housekeeping(world.built.stores.redis, world.layout, world.log, world.catalog)
        await house.run()
    assert "orders" not in await world.built.jobs.all()


async def test_indexes_that_are_no_longer_declared_go(world: World) -> None:
    await world.declare("orders", indexes=[["a"], ["b"]])
    await world.create("orders", STANDING)
    async with world.projecting():
        await world.caught_up()
        await world.declare("orders", require_if_match=True)
        await until_kept(world, "orders")
        await until(lambda: is_at_rest(world))
    assert (await seen(world)).shapes == {"orders": EMPTY}
    await assert_no_leftovers(world)


@pytest.mark.parametrize(("seconds", "is_tried"), [(0.0, True), (3600.0, False)])
async def test_a_rebuild_that_failed_is_tried_again_after_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch, seconds: float, is_tried: bool
) -> None:
    monkeypatch.setattr(housekeeping, "AGAIN_AFTER", 3600.0)
    await world.declare("orders", indexes=[["a"]])
    await world.create("orders", STANDING)

    async def failing(rebuild: Rebuild) -> None:
        raise RuntimeError("no such luck")

    async with world.projecting():
        await world.caught_up()
        monkeypatch.setattr(Rebuild, "_approach", failing)
        await world.declare("orders", indexes=[["b"]])
        await until(lambda: has_failed(world))
        first = (await world.built.jobs.all())["orders"]
        monkeypatch.setattr(housekeeping, "AGAIN_AFTER", seconds)
        house = housekeeping.Housekeeping(world.built.stores.redis, world.layout, world.log, world.catalog)
        await house.run()
        assert ((await world.built.jobs.all())["orders"] != first) == is_tried


async def test_a_view_is_read_page_by_page_while_orders_of_it_are_built(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_n = {"group_by": ["n"], "measures": {"documents": "count", "best": {"max": "a"}}}
    await world.declare("orders", views={"by_n": {**by_n, "orders": [["documents", "-best"]]}})
    await world.create("orders", STANDING, a=1)
    begun, may_go_on, approach = asyncio.Event(), asyncio.Event(), Rebuild._approach

    async def waiting(rebuild: Rebuild) -> None:
        begun.set()
        await may_go_on.wait()
        await approach(rebuild)

    async with world.projecting():
        await world.caught_up()
        first = await by_two(world)
        monkeypatch.setattr(Rebuild, "_approach", waiting)
        await world.declare(
            "orders", views={"by_n": {**by_n, "orders": [["best", "n"], ["documents", "-best"]]}}
        )
        await begun.wait()
        await world.write("orders", STANDING[5], MergePatch({"a": 2}))
        second = await by_two(world, first.next, (await world.heads())[0])
        assert not await keeps_what_is_declared(world, "orders")
        may_go_on.set()
        await until_kept(world, "orders")
        third = await by_two(world, second.next)
    rows = [orjson.loads(row) for page in (first, second, third) for row in page.items]
    assert [row["n"] for row in rows] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 5]
    assert third.next is None


async def by_two(world: World, cursor: str | None = None, after: Position | None = None) -> Page:
    """Four rows of by_n of the orders, in an order by two columns that is declared all the time."""
    declared, views = world.catalog.get("orders"), world.built.views
    assert declared is not None
    named = views.named(declared, "by_n")
    query = from_body({"sort": ["-documents", "best"], "limit": 4, "cursor": cursor})
    fresh = Freshness(() if after is None else (after,), 5)
    return await views.page(named, named.columns.query(query), fresh)


async def has_failed(world: World) -> bool:
    """Whether the last rebuild of orders failed."""
    job = (await world.built.jobs.all()).get("orders")
    return job is not None and job.state == "failed"


async def is_of(world: World, *fields: Any) -> bool:
    """Whether the live generation of orders has just one index, of these fields."""
    indexes = (await seen(world)).shapes["orders"].indexes
    return [index.name for index in indexes] == [",".join(fields)]


async def is_at_rest(world: World) -> bool:
    """Whether no rebuild is asked for or under way, and nothing is left of one."""
    building = [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")]
    return not building and not any(job.running for job in (await world.built.jobs.all()).values())

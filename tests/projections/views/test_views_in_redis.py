"""Views move with the rows they are made of, in one step: every byte is what their documents make of it."""

from random import Random

from catalog.declared import View
from commands.documents import Delete, MergePatch, Put
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.views.seen import folded, seen
from tests.projections.world import World

pytestmark = KILLING

EVERYTHING = {kind: {kind: "a"} for kind in ("sum", "avg", "min", "max", "distinct")} | {"n": "count"}
VIEWS = {
    "by_b": {"group_by": ["b"], "measures": EVERYTHING, "orders": [["b", "-sum"], ["-min", "n"]]},
    "totals": {"measures": EVERYTHING, "where": {"b": {"exists": True}}},
}


async def declare(world: World) -> list[View]:
    """Declare both collections of random histories; one has views."""
    await world.declare("users")
    declared, _ = await world.catalog.declare("orders", {"views": VIEWS})
    return list(declared.views.values())


async def assert_views_equal_fold(world: World, views: list[View]) -> None:
    """What is live is the fold of the log up to where it stands."""
    for view in views:
        stands, contents = await seen(world, "orders", view)
        assert contents == await folded(world, "orders", view, stands)


async def test_a_value_that_goes_makes_room_for_the_next_one(world: World) -> None:
    [view, _] = await declare(world)
    numbers = range(12)
    async with world.projecting():
        for n in numbers:
            await world.write("orders", f"o{n}", Put({"a": n, "b": "x"}))
        await world.caught_up()
        for n in (11, 10, 0):
            await world.write("orders", f"o{n}", Delete())
        await world.write("orders", "o9", MergePatch({"a": 5}))
        await world.write("orders", "o1", MergePatch({"b": "y"}))
        await world.caught_up()
    stands, contents = await seen(world, "orders", view)
    bodies = sorted(row[row.index(b"{") :] for row in contents.rows.values())
    assert bodies == [
        b'{"b":"x","sum":40,"avg":5.0,"min":2,"max":8,"distinct":7,"n":8}',
        b'{"b":"y","sum":1,"avg":1.0,"min":1,"max":1,"distinct":1,"n":1}',
    ]
    assert contents == await folded(world, "orders", view, stands)


async def test_a_rebuild_makes_the_same_bytes_of_views(world: World) -> None:
    views = await declare(world)
    async with world.projecting():
        await write(world, Random(3), 60)
        await world.caught_up()
        before = [await seen(world, "orders", view) for view in views]
        await world.rebuild("orders")
        assert [await seen(world, "orders", view) for view in views] == before
        keys = [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:view*:orders:*")]
        numbers = {key.split(b":")[3] for key in keys}
        assert numbers == {str((await world.built.generations.live())["orders"]).encode()}


async def test_two_partitions_that_change_one_group_at_one_time_lose_nothing(wide_world: World) -> None:
    world = wide_world
    views = await declare(world)
    async with world.projecting(), world.projecting():
        for _ in range(5):
            await world.create("orders", [f"o{world.log.partitions}{n}" for n in range(30)], a=1, b="x")
            await world.caught_up()
            for n in range(30):
                await world.write("orders", f"o{world.log.partitions}{n}", Delete())
        await world.create("orders", [f"p{n}" for n in range(200)], a=1, b="x")
        await world.caught_up()
    await assert_views_equal_fold(world, views)
    _, contents = await seen(world, "orders", views[0])
    assert [row[row.index(b"{") :] for row in contents.rows.values()] == [
        b'{"b":"x","sum":200,"avg":1.0,"min":1,"max":1,"distinct":1,"n":200}'
    ]

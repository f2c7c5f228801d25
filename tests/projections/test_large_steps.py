"""Large steps: what changes more rows than one step should hold at a time is taken in several."""

from random import Random
from typing import Any

import pytest

from commands.documents import MergePatch
from projections import rows_before
from projections.changes import Changes, queue_changes
from tests.projections.histories import write
from tests.projections.oracle import assert_equals_fold
from tests.projections.parked import with_a_parked_document
from tests.projections.rebuilding import STANDING, crewed, filled, is_free, writing
from tests.projections.world import World, until

MIB = 2**20
PAGE = 16 * MIB
"""Of commits, which may make as much that was not there before."""

LARGE = [f"o{n}" for n in range(100)]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step holds one row that was there before."""
    monkeypatch.setattr(rows_before, "AT_ONCE", 1)
    monkeypatch.setattr(rows_before, "MOST_BYTES", 1)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of rows each step writes."""
    written: list[int] = []

    def queue(step: Any, layout: Any, changes: Changes) -> None:
        written.append(sum(map(len, changes.rows.written.values())))
        queue_changes(step, layout, changes)

    for module in ("step", "filler"):
        monkeypatch.setattr(f"projections.{module}.queue_changes", queue)
    return written


@pytest.mark.parametrize("options", [{}, {"workers": 2}])
async def test_small_changes_of_large_documents_take_steps_of_a_bounded_size(
    world: World, sizes: list[int], options: dict[str, Any]
) -> None:
    """With more than one worker commits come by document, and large ones come with what changes them."""
    await world.declare("orders")
    await world.create("orders", LARGE, text="x" * 1_000_000)
    for id in LARGE:
        await world.write("orders", id, MergePatch({"n": id}))
    async with crewed(world):
        await world.caught_up()
        assert sum(sizes) > len(LARGE) * MIB
        await world.built.jobs.ask("orders", options)
        await world.rebuilt("orders")
        await until(lambda: is_free(world))
    assert max(sizes) < rows_before.MOST_BYTES + rows_before.AT_ONCE * MIB + PAGE
    await assert_equals_fold(world)


@pytest.mark.usefixtures("tiny", "small_batches")
@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"verify": True, "keep": True}])
async def test_many_steps_make_the_same_as_one(wide_world: World, options: dict[str, Any]) -> None:
    world = wide_world
    await filled(world)
    async with crewed(world):
        await world.caught_up()
        async with writing(world):
            await world.built.jobs.ask("orders", options)
            await world.rebuilt("orders")
        await world.caught_up()
        if "keep" in options:
            await world.built.steering.forget("orders")
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


@pytest.mark.usefixtures("tiny", "small_batches")
async def test_a_bring_up_takes_many_steps_too(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    await write(world, Random(3), 60)
    for id in STANDING:
        await world.write("orders", id, MergePatch({"n": id}))
    async with world.projecting():
        await world.caught_up()
        await world.redis.flushdb()
        await world.caught_up()
    await assert_equals_fold(world)


@pytest.mark.usefixtures("tiny", "nothing_is_tried_again")
async def test_what_is_parked_is_the_same_in_many_steps(world: World) -> None:
    place = await with_a_parked_document(world)
    for id in ("o2", "o3", "o2", "o3"):
        await world.write("orders", id, MergePatch({"n": id}))
    async with world.projecting():
        await world.caught_up()
        await world.rebuild("orders")
        generation = (await world.built.generations.live())["orders"]
        parked = await world.redis.hgetall(world.layout.parked("orders", generation))
    assert list(parked) == [b"o1"]
    assert b'"position":%d,' % place in parked[b"o1"]

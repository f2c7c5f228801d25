"""An export is the fold of the log up to one position, byte for byte, whatever is written meanwhile."""

import asyncio
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from commands.documents import Create, Delete, MergePatch, Put
from events.background import end
from events.document import ABSENT, Document, Present, apply, response_body
from events.position import Position, beginning, stream_name
from tests.exporting.files import cells, exported, lines
from tests.projections.histories import COLLECTIONS, write
from tests.projections.world import ACTOR, World


async def test_export_is_the_fold_at_every_position_it_is_asked_for_while_others_write(world: World) -> None:
    await world.declare(*COLLECTIONS)
    random, moments = Random(7), [await world.heads()]
    for _ in range(5):
        await write(world, random, 25)
        moments.append(await world.heads())
    writing = asyncio.create_task(write(world, random, 100_000))
    try:
        for moment in moments:
            for collection in COLLECTIONS:
                assert await exported(world, collection, at=_at(moment)) == await _fold(
                    world, collection, moment
                )
        assert not writing.done()
    finally:
        await end([writing])


async def test_export_without_a_position_is_the_fold_at_the_head(world: World) -> None:
    await world.declare(*COLLECTIONS)
    await write(world, Random(8), 60)
    assert await exported(world) == await _fold(world, "orders", await world.heads())


async def test_export_of_a_collection_declared_anew_has_nothing_of_the_old_one(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1", "o2", "o3"])
    before = await world.heads()
    unaware = world.catalog.get("orders")
    assert unaware is not None
    await world.drop("orders")
    await world.declare("orders")
    await world.built.commands.write(unaware, "o1", MergePatch({"late": True}), actor=ACTOR)
    await world.write("orders", "o2", Create({"new": True}))
    assert [line["id"] for line in lines(await exported(world))] == ["o2"]
    assert await exported(world, at=_at(before)) == b""


async def test_documents_come_by_id_and_ids_that_begin_alike_are_told_apart(world: World) -> None:
    await world.declare("orders", "order")
    ids = ["o", "o.", "o1", "o10", "o2", "O", "~", "-", "o:", "o@x"]
    for id in ids:
        await world.write("orders", id, Put({"n": 1}))
        await world.write("orders", id, Put({"n": 2}))
    await world.write("order", "s", Put({}))
    assert [(line["id"], line["n"]) for line in lines(await exported(world))] == [(id, 2) for id in sorted(ids)]


async def test_deleted_documents_are_there_at_a_position_before_their_end(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1"])
    before = await world.heads()
    await world.write("orders", "o1", Delete())
    assert await exported(world) == b""
    assert [line["id"] for line in lines(await exported(world, at=_at(before)))] == ["o1"]


async def test_document_with_an_event_that_can_not_be_applied_is_what_readers_get_and_says_so(
    world: World,
) -> None:
    position = await _damaged(world)
    async with world.projecting():
        await world.caught_up()
        row, _ = await world.queries.get("orders", "o1")
    assert await exported(world) == row.body + b"\n"
    assert row.stale_since == position
    [line] = cells(await exported(world, format="csv"))
    assert (line["n"], line["_meta.version"]) == ("0", "1")
    assert line["_meta.stale_since"] == str(position)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1, tzinfo=UTC), b"bytes"])
async def test_value_that_json_does_not_have_is_never_told_as_another_one(world: World, value: Any) -> None:
    views = {"all": {"measures": {"sum": {"sum": "f5"}, "most": {"max": "f5"}}}}
    await world.declare("orders", views=views)
    await world.create("orders", ["o1"])
    damaged = await world.write("orders", "o1", MergePatch({"f5": 5}))
    await world.write("orders", "o2", Create({"f5": 6}))
    hurt = await world.write("orders", "o3", Create({"f5": 7}))
    commits = world.built.stores.database["commits"]
    for place, name in ((damaged, "data.set.f5"), (hurt, "data.f5")):
        await commits.update_one({"_id": place.document.position}, {"$set": {f"events.0.{name}": value}})
    async with world.projecting():
        await world.caught_up()
        rows = [(await world.queries.get("orders", id))[0] for id in ("o1", "o2")]
    assert await exported(world) == b"".join([row.body + b"\n" for row in rows])
    assert [row.stale_since for row in rows] == [damaged.document.position, None]
    assert [line["f5"] for line in cells(await exported(world, format="csv"))] == ["", "6"]
    assert lines(await exported(world, "orders", "all")) == [{"sum": 6, "most": 6}]


async def test_commit_that_was_skipped_is_left_out_as_it_is_for_readers(world: World) -> None:
    position = await _damaged(world)
    [_, damaged, _] = await world.log.read(stream_name("orders", "o1"))
    assert damaged.position == position
    await world.log.skips.add(damaged, ACTOR)
    async with world.projecting():
        await world.caught_up()
        row, _ = await world.queries.get("orders", "o1")
    assert await exported(world) == row.body + b"\n"
    [line] = lines(row.body + b"\n")
    assert (line["f6"], "f5" in line, line["_meta"]["version"]) == (6, False, 3)


async def _damaged(world: World) -> Position:
    """A document whose second commit of three can not be applied; where that is."""
    await world.declare("orders")
    await world.create("orders", ["o1"])
    written = await world.write("orders", "o1", MergePatch({"f5": 5}))
    position = written.document.position
    commits = world.built.stores.database["commits"]
    await commits.update_one({"_id": position}, {"$set": {"events.0.type": "folded"}})
    await world.write("orders", "o1", MergePatch({"f6": 6}))
    return position


def _at(moment: list[Position]) -> str:
    return ", ".join(map(str, moment))


async def _fold(world: World, collection: str, moment: list[Position]) -> bytes:
    """The fold of the log up to a moment, written down as plainly as can be."""
    documents: dict[str, Document] = {}
    for partition, head in enumerate(moment):
        after = beginning(partition)
        for commit in await world.log.read_partition(partition, after=after, limit=100_000, until=head):
            name, _, id = commit.stream.partition("/")
            if name == collection:
                documents[id] = apply(documents.get(id, ABSENT), commit)
    there = sorted((id, document) for id, document in documents.items() if isinstance(document, Present))
    return b"".join(response_body(id, document) + b"\n" for id, document in there)

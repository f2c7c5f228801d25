"""An event that cannot be applied parks its document: it stays as it was, all else goes on."""

from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from commands.documents import MergePatch
from events.commit import Event
from tests.projections.marks import KILLING
from tests.projections.oracle import seen
from tests.projections.parked import (
    DECLARED,
    UNKNOWN,
    append,
    lot,
    patched,
    row,
    rows,
    shown,
    told,
    with_a_parked_document,
)
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("nothing_is_tried_again")]


async def test_its_document_alone_is_parked_and_all_else_goes_on(wide_world: World) -> None:
    world = wide_world
    async with world.projecting():
        place = await with_a_parked_document(world)
        await world.write("orders", "o2", MergePatch({"n": 7}))
        await world.caught_up()
        assert {state for state, _ in await world.states()} <= {"LIVE", "CATCHING_UP"}
    kept = await row(world, "o1")
    assert kept.stale_since == place
    assert orjson.loads(kept.body)["n"] == 0
    assert orjson.loads(kept.body)["_meta"]["stale_since"] == place
    assert (await row(world, "o2")).stale_since is None
    assert (await rows(world))[b"o2"]["n"] == 7
    [((collection, id), parked)] = (await lot(world).all()).items()
    assert (collection, id, parked.position, parked.version, parked.waiting) == ("orders", "o1", place, 2, 2)
    assert "'frobbed' at version 2 of orders/o1" in parked.error


async def test_it_is_logged_when_it_is_parked_and_not_again(world: World) -> None:
    with capture_logs() as said:
        async with world.projecting():
            place = await with_a_parked_document(world)
            await world.caught_up()
            await append(world, "o1", patched(21))
            await world.caught_up()
    [parked] = (line for line in said if line["event"] == "documents parked")
    assert (parked["collection"], parked["count"], parked["position"]) == ("orders", 1, place)
    assert "'frobbed' at version 2 of orders/o1" in parked["reason"]


@pytest.mark.parametrize(
    "event",
    [
        UNKNOWN,
        Event("patched", {}),
        Event("replaced", {"n": b"no JSON"}),
        Event("replaced", {"n": 1, "deep": [None, {"n": float("nan")}]}),
        Event("patched", {"set": {"n": float("-inf")}, "unset": []}),
        Event("restored", {"body": {}}),
        Event("created", [1]),  # type: ignore[arg-type]
    ],
)
async def test_whatever_makes_no_sense_parks(world: World, event: Event) -> None:
    await world.declare("orders", **DECLARED)
    await world.create("orders", ["o1", "o2"])
    place = await append(world, "o1", event)
    await append(world, "o1", Event("deleted", {}))
    async with world.projecting():
        await world.caught_up()
    assert (await row(world, "o1")).stale_since == place
    assert (await lot(world).find("orders", "o1")).waiting == 2


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
async def test_a_number_that_json_does_not_have_parks_whatever_comes_with_it(
    world: World, number: float
) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1", "o2"], text="null", gone=None)
    odd = Event("patched", {"set": {"n": number}, "unset": []})
    async with world.projecting():
        await world.caught_up()
        alone = await append(world, "o1", odd)
        await world.caught_up()
        amid = await append(world, "o2", patched(5), odd, patched(7))
        await world.caught_up()
        live = shown(await seen(world)), await told(world)
        await world.rebuild("orders")
        assert (shown(await seen(world)), await told(world)) == live
    assert {id: (await row(world, id)).stale_since for id in ("o1", "o2")} == {"o1": alone, "o2": amid}
    assert {id: body["n"] for id, body in (await rows(world)).items()} == {b"o1": 0, b"o2": 1}


async def test_a_document_that_cannot_even_begin_is_not_there(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o2"])
    await append(world, "o1", UNKNOWN)
    async with world.projecting():
        await world.caught_up()
    assert set(await rows(world)) == {b"o2"}
    assert (await lot(world).find("orders", "o1")).version == 1


@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_live_bring_up_and_rebuild_park_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("projections.batches.BATCH", batch)
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        live = shown(await seen(world)), await told(world)
        await world.rebuild("orders")
        assert (shown(await seen(world)), await told(world)) == live
        await world.redis.flushall()
        await world.caught_up()
        assert (shown(await seen(world)), await told(world)) == live


async def test_a_rebuild_that_compares_finds_the_same_parked_whenever_that_was(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await append(world, "never", UNKNOWN)
        await world.caught_up()
        await lot(world).retry("orders", "o1")
        before = await lot(world).all()
        await world.built.jobs.ask("orders", {"verify": True})
        await world.rebuilt("orders")
        after = await lot(world).all()
    assert after.keys() == before.keys() == {("orders", "never"), ("orders", "o1")}
    assert all(after[place].since > before[place].since for place in before)


async def test_a_rebuild_that_compares_names_what_is_parked_in_one_generation_alone(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await append(world, "never", UNKNOWN)
        await world.caught_up()
        key = world.layout.parked("orders", (await world.built.generations.live())["orders"])
        written: Any = await world.redis.hget(key, "never")
        await world.redis.hset(key, "never", written.replace(b'"waiting":1', b'"waiting":2'))
        await world.redis.hset(key, "nobody", written)
        await world.built.jobs.ask("orders", {"verify": True})
        await until(lambda: _has_failed(world))
        assert (await world.built.jobs.all())["orders"].differences == ["never", "nobody"]


async def test_parked_documents_go_with_their_collection(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        await world.drop("orders")
        assert await lot(world).all() == {}
    assert [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:parked:*")] == []


async def _has_failed(world: World) -> bool:
    return (await world.built.jobs.all())["orders"].state == "failed"

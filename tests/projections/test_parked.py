"""An event that cannot be applied parks its document: it stays as it was, all else goes on."""

import time
from typing import Any

import orjson
import pytest

from commands.documents import MergePatch
from events.commit import Event, NewCommit
from events.position import Version, stream_name
from projections import parking
from projections.errors import NotParked
from projections.parked import Parked
from projections.parking import Parking
from projections.row import Row, read_row
from tests.projections.marks import KILLING
from tests.projections.oracle import Moment, seen
from tests.projections.world import World, until

pytestmark = KILLING

UNKNOWN = Event("frobbed", {"n": 1})
DECLARED: dict[str, Any] = {
    "indexes": [["n"]],
    "views": {"all": {"measures": {"documents": "count", "sum": {"sum": "n"}}}},
}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried again by itself, unless a test says so."""
    monkeypatch.setattr(parking, "BOUND", 0.0)


async def append(world: World, id: str, *events: Event) -> int:
    """Append what no command would, in one commit; its position."""
    stream = stream_name("orders", id)
    commits = await world.log.read(stream)
    expected = commits[-1].last_version if commits else Version(0)
    return (await world.log.append(NewCommit(stream, expected, list(events), "user:eve"))).position


def patched(n: int) -> Event:
    """The event of a patch."""
    return Event("patched", {"set": {"n": n}, "unset": []})


def lot(world: World) -> Parking:
    """The parked documents of a world."""
    return Parking(world.built.stores.redis, world.layout, world.log, world.catalog)


async def row(world: World, id: str) -> Row:
    """The row that readers see."""
    found, _ = await world.queries.get("orders", id)
    return found


async def rows(world: World) -> dict[bytes, dict[str, Any]]:
    """The bodies of all rows."""
    moment = await seen(world)
    return {id: orjson.loads(read_row(found).body) for id, found in moment.kept["orders"].rows.items()}


async def with_a_parked_document(world: World) -> int:
    """o1 to o3; o1 has an event nobody knows, at the position that is answered, and one commit after it."""
    await world.declare("orders", **DECLARED)
    await world.create("orders", ["o1", "o2", "o3"])
    place = await append(world, "o1", UNKNOWN)
    await append(world, "o1", patched(20))
    return place


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


async def test_a_retry_applies_everything_when_the_event_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        before = await lot(world).find("orders", "o1")
        assert await lot(world).retry("orders", "o1") == before.model_copy(update={"attempts": 2})
        learn(monkeypatch)
        assert await lot(world).retry("orders", "o1") is None
    assert (await row(world, "o1")).stale_since is None
    assert (await rows(world))[b"o1"]["n"] == 20
    assert await lot(world).all() == {}
    with pytest.raises(NotParked, match="orders/o1"):
        await lot(world).retry("orders", "o1")


async def test_what_was_parked_a_moment_ago_is_tried_again_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "BOUND", 60.0)
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        learn(monkeypatch)
        await until(lambda: is_empty(world))
    assert (await rows(world))[b"o1"]["n"] == 20


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


async def test_it_is_tried_again_a_few_times_after_longer_and_longer_pauses_and_then_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "BOUND", 60.0)
    monkeypatch.setattr(parking, "TRIES", (0.1, 0.4, 0.9))
    monkeypatch.setattr("projections.projector.LOOK_EVERY", 0.02)
    seen_at: dict[int, float] = {}

    async def is_tried_often() -> bool:
        [parked] = (await lot(world).all()).values() or [None]
        if parked is not None:
            seen_at.setdefault(parked.attempts, time.time() - parked.since)
        return 4 in seen_at

    async with world.projecting():
        await with_a_parked_document(world)
        await until(is_tried_often)
        for _ in range(5):
            await lot(world).retry_young()
        assert (await lot(world).find("orders", "o1")).attempts == 4
        by_hand = await lot(world).retry("orders", "o1")
        assert by_hand is not None
        assert by_hand.attempts == 5
    async with world.projecting():
        await lot(world).retry_young()
        assert (await lot(world).find("orders", "o1")).attempts == 5
    assert all(seen_at[attempts] >= pause for attempts, pause in ((2, 0.1), (3, 0.4), (4, 0.9)))


async def test_attempts_are_counted_anew_for_the_next_commit_that_cannot_be_applied(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await append(world, "o1", UNKNOWN)
        await world.caught_up()
        await lot(world).retry("orders", "o1")
        next_one = await lot(world).skip("orders", "o1", "user:ada")
        assert next_one is not None
        assert next_one.attempts == 1


async def test_a_skipped_commit_is_left_out_also_by_rebuilds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        assert await lot(world).skip("orders", "o1", "user:ada") is None
        live = shown(await seen(world))
        assert (await rows(world))[b"o1"]["n"] == 20
        learn(monkeypatch)
        await world.rebuild("orders")
        assert shown(await seen(world)) == live
        await world.redis.flushall()
        await world.caught_up()
        assert shown(await seen(world)) == live
        assert await lot(world).all() == {}


async def test_a_skip_comes_to_the_next_commit_that_cannot_be_applied(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        second = await append(world, "o1", UNKNOWN)
        await world.caught_up()
        parked = await lot(world).skip("orders", "o1", "user:ada")
        assert parked is not None
        assert (parked.position, parked.waiting) == (second, 1)
        assert ((await row(world, "o1")).stale_since, (await row(world, "o1")).version) == (second, 3)
        assert (await rows(world))[b"o1"]["n"] == 20
        assert await lot(world).skip("orders", "o1", "user:ada") is None
    assert ((await row(world, "o1")).stale_since, (await row(world, "o1")).version) == (None, 4)


async def test_parked_documents_go_with_their_collection(world: World) -> None:
    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        await world.drop("orders")
        assert await lot(world).all() == {}
    assert [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:parked:*")] == []


async def _has_failed(world: World) -> bool:
    return (await world.built.jobs.all())["orders"].state == "failed"


def shown(moment: Moment) -> Any:
    """What readers can see of orders."""
    return moment.kept["orders"]


async def told(world: World) -> dict[tuple[str, str], Parked]:
    """What is parked, without when."""
    return {
        place: parked.model_copy(update={"since": 0, "attempts": 0})
        for place, parked in (await lot(world).all()).items()
    }


async def is_empty(world: World) -> bool:
    """Whether nothing is parked."""
    return not await lot(world).all()


def learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on `frobbed` is an event that changes nothing."""
    from projections import fold

    apply = fold.apply

    def knowing(document: Any, commit: Any) -> Any:
        known = [event for event in commit.events if event.type != "frobbed"]
        if known:
            return apply(document, commit._replace(events=known))
        return document._replace(version=commit.last_version, position=commit.position)

    monkeypatch.setattr(fold, "apply", knowing)

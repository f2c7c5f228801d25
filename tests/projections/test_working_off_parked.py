"""Working off parked documents: tried again, by itself or when that is asked for; or their event is skipped."""

import time

import pytest

from events.commit import Commit
from projections import parking
from projections.errors import NotParked
from tests.projections.marks import KILLING
from tests.projections.oracle import seen
from tests.projections.parked import (
    UNKNOWN,
    append,
    is_empty,
    learn,
    lot,
    row,
    rows,
    shown,
    with_a_parked_document,
)
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("nothing_is_tried_again")]


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


async def test_a_commit_is_skipped_also_where_the_projector_was_faster_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = world.log.skips.add

    async def add_and_hear(commit: Commit, by: str) -> None:
        await add(commit, by)
        await lot(world).retry_young()

    async with world.projecting():
        await with_a_parked_document(world)
        await world.caught_up()
        monkeypatch.setattr(world.log.skips, "add", add_and_hear)
        assert await lot(world).skip("orders", "o1", "user:ada") is None
        assert (await rows(world))[b"o1"]["n"] == 20


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

"""Leases and heartbeats: who works on what, who is alive, and that the dead are forgotten."""

import asyncio

import pytest
from redis.asyncio import Redis

from events.background import end
from projections.errors import CheckpointMoved, LeaseLost
from projections.guarded import guarded
from projections.heartbeat import Heartbeats, PartitionBeat
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.lease import Lease
from projections.state import ProjectorState
from tests.projections.world import until

LIVE = [PartitionBeat(state=ProjectorState.LIVE)]
HALTED = [PartitionBeat(state=ProjectorState.HALTED, trouble="no space")]


@pytest.fixture
def heartbeats(redis: Redis) -> Heartbeats:
    """The heartbeats of a deployment that nobody works for."""
    return Heartbeats(redis, Layout("d"))


def lease(redis: Redis, owner: str) -> Lease:
    """Somebody's view of one lease."""
    return Lease(redis, "work", owner)


async def test_a_lease_has_one_holder_who_may_take_it_again(redis: Redis) -> None:
    assert await lease(redis, "ada").take()
    assert not await lease(redis, "bob").take()
    assert await lease(redis, "ada").take()


async def test_a_lease_is_free_as_soon_as_it_is_given_back(redis: Redis) -> None:
    assert await lease(redis, "ada").take()
    async with lease(redis, "ada").kept():
        assert not await lease(redis, "bob").take()
    assert await lease(redis, "bob").take()


async def test_who_lost_a_lease_does_not_give_back_that_of_another(redis: Redis) -> None:
    assert await lease(redis, "ada").take()
    async with lease(redis, "ada").kept():
        await redis.set("work:lease", "bob")
    assert await redis.get("work:lease") == b"bob"
    assert not await lease(redis, "ada").take()


async def test_a_lease_is_renewed_as_long_as_it_is_kept_and_ends_with_its_holder(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "SECONDS", 0.3)
    assert await lease(redis, "ada").take()

    async def hold() -> None:
        async with lease(redis, "ada").kept():
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    renewals = 0
    before = await redis.pttl("work:lease")
    while renewals < 4:
        await asyncio.sleep(0.01)
        left = await redis.pttl("work:lease")
        assert left > 0
        renewals, before = renewals + (left > before), left
    await end([holder])
    assert await lease(redis, "bob").take()
    await until(lambda: lease(redis, "cyd").take(), within=2)


async def test_a_step_decided_under_a_lease_that_another_took_since_is_refused(redis: Redis) -> None:
    ada, bob = lease(redis, "ada"), lease(redis, "bob")
    assert await ada.take()
    await redis.delete("work:lease")
    assert await bob.take()
    with pytest.raises(CheckpointMoved):
        async with guarded(redis, "anything") as step:
            await ada.fence.check(step)
    async with guarded(redis, "anything") as step:
        await bob.fence.check(step)
        step.multi()
        step.set("done", "by bob")
    assert await redis.get("done") == b"by bob"


async def test_a_step_is_refused_when_its_lease_is_lost_after_it_began(redis: Redis) -> None:
    ada, bob = lease(redis, "ada"), lease(redis, "bob")
    assert await ada.take()
    with pytest.raises(CheckpointMoved):
        async with guarded(redis, "anything") as step:
            await ada.fence.check(step)
            await redis.delete("work:lease")
            assert await bob.take()
            step.multi()
            step.set("done", "by ada")
    assert await redis.get("done") is None


async def test_a_lease_that_ran_out_and_was_wanted_by_nobody_goes_on(redis: Redis) -> None:
    ada = lease(redis, "ada")
    assert await ada.take()
    await redis.delete("work:lease")
    async with guarded(redis, "anything") as step:
        await ada.fence.check(step)
        assert await ada.take()
        step.multi()
        step.set("done", "by ada")
    assert await redis.get("done") == b"by ada"


async def test_who_lost_a_lease_and_finds_it_free_again_has_lost_it_all_the_same(redis: Redis) -> None:
    ada, bob = lease(redis, "ada"), lease(redis, "bob")
    assert await ada.take()
    await redis.delete("work:lease")
    assert await bob.take()
    await redis.delete("work:lease")
    assert not await ada.take()
    assert await lease(redis, "cyd").take()


async def test_a_mark_is_kept_for_long_and_put_off_only_when_half_of_that_is_over(redis: Redis) -> None:
    ada, full = lease(redis, "ada"), Lease.REMEMBERED
    assert await ada.take()
    assert 0.9 * full < await redis.ttl("work:fence") <= full
    for left, expected in ((0.8 * full, 0.8 * full), (0.4 * full, full)):
        await redis.expire("work:fence", int(left))
        assert await ada.take()
        assert expected - 60 < await redis.ttl("work:fence") <= expected


async def test_who_wakes_when_even_its_mark_is_gone_has_lost_the_lease(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "REMEMBERED", 0.02)
    ada, jobs = lease(redis, "ada"), Jobs(redis, Layout("d"))
    await jobs.ask("orders")
    assert await ada.take()
    await redis.delete("work:lease")
    await until(lambda: _is_gone(redis, "work:fence"))
    for _ in range(2):
        with pytest.raises(LeaseLost):
            async with guarded(redis, "anything") as step:
                await ada.fence.check(step)
        with pytest.raises(LeaseLost):
            await jobs.change("orders", lambda job: Job(collection="orders", asked_at=1.0), fence=ada.fence)
        assert not await ada.take()
        assert await lease(redis, "bob").take()


async def test_a_step_is_refused_when_its_mark_runs_out_after_it_began(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "REMEMBERED", 0.05)
    ada = lease(redis, "ada")
    assert await ada.take()
    with pytest.raises(CheckpointMoved):
        async with guarded(redis, "anything") as step:
            await ada.fence.check(step)
            await until(lambda: _is_gone(redis, "work:fence"))
            step.multi()
            step.set("done", "by ada")
    assert await redis.get("done") is None


async def test_the_step_that_ends_the_work_ends_it_for_whoever_holds_the_lease(redis: Redis) -> None:
    ada = lease(redis, "ada")
    assert await ada.take()
    async with guarded(redis, "anything") as step:
        await ada.fence.check(step)
        step.multi()
        ada.fence.queue_lifting(step)
    assert await redis.keys("work:fence") == []
    assert not await ada.take()
    with pytest.raises(LeaseLost):
        async with guarded(redis, "anything") as step:
            await ada.fence.check(step)
    assert await redis.keys("work:fence") == []


async def test_who_gives_back_a_lease_that_ran_out_leaves_nothing(redis: Redis) -> None:
    ada = lease(redis, "ada")
    assert await ada.take()
    async with ada.kept():
        await redis.delete("work:lease")
    assert await redis.keys("work:*") == []


async def test_who_gives_back_a_lease_that_ran_out_leaves_the_mark_of_another(redis: Redis) -> None:
    ada, bob = lease(redis, "ada"), lease(redis, "bob")
    assert await ada.take()
    async with ada.kept():
        await redis.delete("work:lease")
        assert await bob.take()
        await redis.delete("work:lease")
    assert await bob.take()


async def test_who_beats_is_alive_with_what_it_says_until_it_says_goodbye(heartbeats: Heartbeats) -> None:
    await heartbeats.beat("ada-1", LIVE)
    await heartbeats.beat("bob-2", HALTED)
    alive = {beat.name: beat.partitions for beat in await heartbeats.alive()}
    assert alive == {"ada-1": LIVE, "bob-2": HALTED}
    await heartbeats.stop("ada-1")
    assert [beat.name for beat in await heartbeats.alive()] == ["bob-2"]


async def test_who_is_silent_is_dead_soon_and_forgotten_later(
    heartbeats: Heartbeats, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heartbeats.beat("killed-1", LIVE)
    monkeypatch.setattr(Heartbeats, "FRESH", 0.05)
    await until(lambda: _is_empty(heartbeats))
    assert await redis.hlen("d:projectors") == 1
    monkeypatch.setattr(Heartbeats, "FORGOTTEN", 0.05)
    await heartbeats.beat("ada-2", LIVE)
    assert await redis.hkeys("d:projectors") == [b"ada-2"]


async def test_a_heartbeat_of_another_version_is_no_error(heartbeats: Heartbeats, redis: Redis) -> None:
    newer = '{"name": "new-1", "at": 1e12, "partitions": [{"state": "PONDERING"}]}'
    await redis.hset("d:projectors", mapping={"new-1": newer, "odd": "no JSON"})
    await heartbeats.beat("ada-2", LIVE)
    assert [beat.name for beat in await heartbeats.alive()] == ["ada-2"]


async def _is_gone(redis: Redis, key: str) -> bool:
    return not await redis.exists(key)


async def _is_empty(heartbeats: Heartbeats) -> bool:
    return await heartbeats.alive() == []

"""Shares: partitions spread over the projectors that live, whoever comes, goes or dies."""

import asyncio
from random import Random

import pytest
from redis.asyncio import Redis

from projections.layout import Layout
from projections.shares import Shares
from tests.examples import seeds
from tests.projections.world import until

LAYOUT = Layout("d")


def share(redis: Redis, owner: str, partitions: int) -> Shares:
    """One projector's view of the leases."""
    return Shares(redis, LAYOUT, partitions, owner)


async def settled(everybody: list[Shares]) -> list[set[int]]:
    """What each of them holds after some rounds."""
    for _ in range(4):
        held = [await each.take() for each in everybody]
    return held


def assert_fair(held: list[set[int]], partitions: int) -> None:
    """Every partition has one owner, and nobody has more than one more than another."""
    assert sorted(partition for each in held for partition in each) == list(range(partitions))
    sizes = [len(each) for each in held]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("partitions", [1, 2, 3, 8, 13])
@pytest.mark.parametrize("projectors", [1, 2, 3, 5])
async def test_partitions_are_shared_evenly(redis: Redis, partitions: int, projectors: int) -> None:
    everybody = [share(redis, f"p{n}", partitions) for n in range(projectors)]
    assert await everybody[0].take() == set(range(partitions))
    assert_fair(await settled(everybody), partitions)


@seeds(5)
async def test_partitions_are_shared_evenly_again_after_any_coming_and_going(redis: Redis, seed: int) -> None:
    random = Random(seed)
    partitions = random.randint(1, 20)
    present: list[Shares] = []
    for n in range(12):
        if present and random.random() < 0.4:
            await present.pop(random.randrange(len(present))).leave()
        present.append(share(redis, f"p{n}", partitions))
        assert_fair(await settled(present), partitions)


async def test_who_has_its_share_keeps_the_very_same_partitions(redis: Redis) -> None:
    everybody = [share(redis, f"p{n}", 7) for n in range(3)]
    held = await settled(everybody)
    assert await settled(everybody[::-1]) == held[::-1]


async def test_no_partition_ever_has_two_owners_while_everybody_looks_at_once(redis: Redis) -> None:
    everybody = [share(redis, f"p{n}", 9) for n in range(4)]
    for _ in range(10):
        await asyncio.gather(*(each.take() for each in everybody))
        owners = await redis.hgetall(LAYOUT.leases)
        assert len(owners) <= 9
    assert_fair(await settled(everybody), 9)


async def test_what_is_left_is_free_at_once(redis: Redis) -> None:
    ada, bob = share(redis, "ada", 4), share(redis, "bob", 4)
    await settled([ada, bob])
    await ada.leave()
    assert await bob.take() == {0, 1, 2, 3}
    assert await redis.zrange(LAYOUT.living, 0, -1) == [b"bob"]


async def test_who_is_silent_loses_everything_and_begins_anew(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shares, "SECONDS", 0.1)
    ada, bob = share(redis, "ada", 2), share(redis, "bob", 2)
    await settled([ada, bob])

    async def has_both() -> bool:
        return await bob.take() == {0, 1}

    await until(has_both)
    assert_fair(await settled([ada, bob]), 2)


async def test_leases_are_kept_and_changed_when_redis_is_out_of_memory(redis: Redis) -> None:
    await redis.config_set("maxmemory", 1)
    try:
        ada, bob = share(redis, "ada", 2), share(redis, "bob", 2)
        assert_fair(await settled([ada, bob]), 2)
        await ada.leave()
        assert await bob.take() == {0, 1}
    finally:
        await redis.config_set("maxmemory", 0)

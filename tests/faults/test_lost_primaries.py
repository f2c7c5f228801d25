"""A MongoDB of three members loses the one that takes the writes: no acknowledged write goes with it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest

from tests.deployments import until
from tests.faults.proof import under_load
from tests.faults.replica_set import ReplicaSet, replica_set
from tests.faults.stage import MONGO, Stage, staged

T = TypeVar("T")


@pytest.fixture(scope="module")
def members() -> Iterator[ReplicaSet]:
    """The three members. Leave them whole."""
    with replica_set() as members:
        yield members


@pytest.fixture(scope="module")
def replicated(members: ReplicaSet) -> Iterator[Stage]:
    """A deployment on them, with a log of two partitions."""
    with staged(partitions=2, FOLDBASE_STORE_TIMEOUT="3", **{MONGO: members.url}) as stage:
        yield stage


async def test_every_write_is_kept_when_the_primary_is_killed(
    replicated: Stage, members: ReplicaSet, seed: str
) -> None:
    async with under_load(replicated, seed) as load:
        primary = members.primary
        primary.signal(signal.SIGKILL)
        await _soon(lambda: members.primary_of(members.besides(primary)))
        await load.goes_on()
        primary.start()
        await _soon(members.whole)


async def test_every_write_is_kept_when_the_primary_stands_still_until_it_was_replaced(
    replicated: Stage, members: ReplicaSet, seed: str
) -> None:
    async with under_load(replicated, seed) as load:
        primary = members.primary
        primary.signal(signal.SIGSTOP)
        await _soon(lambda: members.primary_of(members.besides(primary)))
        await load.goes_on()
        primary.signal(signal.SIGCONT)
        await _soon(members.whole)


async def test_what_only_the_primary_had_was_never_seen_nor_acknowledged(
    replicated: Stage, members: ReplicaSet, seed: str
) -> None:
    async with under_load(replicated, seed) as load:
        with ExitStack() as behind:
            with replicated.frozen("api"):
                await _soon(lambda: members.whole() and members.level())
                primary = members.primary
                behind.enter_context(members.falling_behind(members.besides(primary)))
                copied = primary.commits
            await _soon(lambda: primary.commits > copied and primary.is_on_disk)
            assert members.primary is primary
            primary.signal(signal.SIGKILL)
        await _soon(lambda: members.primary_of(members.besides(primary)))
        await load.goes_on()
        primary.start()
        await _soon(members.whole)
    await _soon(members.level)  # it can be whole before it has heard that what it has is not what they have
    assert any("nonce" in each for each in primary.rolled_back())


async def _soon(condition: Callable[[], T]) -> T:
    """Wait, while others of this thread go on, until `condition` holds."""
    return await asyncio.to_thread(until, condition)

"""Writers that collide: of conflicting appends exactly one wins, and nobody ever sees a gap."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest

from app.embedded import Running
from events.errors import RequestRepeated, VersionConflict
from events.log import EventLog
from events.position import beginning, stream_name
from events.store import Database
from tests.events.appending import append_many
from tests.events.commits import (
    ALL,
    assert_versions_count_on,
    counted,
    effect_of,
    everything,
    key,
    lost,
    new,
    won,
)
from tests.events.logs import another
from tests.events.processes import appending
from tests.events.racing import collide, followed

ORDER = stream_name("orders", "o1")


@pytest.fixture
async def others(
    log: EventLog, mongod: Running, database: Database, partitions: int
) -> AsyncIterator[list[EventLog]]:
    """Two more logs on the same database, each with a client of its own."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(another(mongod.url, database.name, partitions=partitions))
            for _ in range(2)
        ]


async def test_of_many_writers_with_one_expected_version_exactly_one_wins(log: EventLog) -> None:
    for version in range(5):
        outcomes = await collide(
            *(partial(log.append, new(ORDER, version, counted(writer))) for writer in range(32))
        )
        [winner] = won(outcomes)
        assert {type(error) for error in lost(outcomes)} == {VersionConflict}
        assert (await log.read(ORDER))[version:] == [winner]


async def test_of_writers_in_many_processes_exactly_one_wins(log: EventLog, others: list[EventLog]) -> None:
    for version in range(10):
        outcomes = await collide(
            *(partial(each.append, new(ORDER, version)) for each in (log, *others) for _ in range(8))
        )
        assert len(won(outcomes)) == 1
        assert {type(error) for error in lost(outcomes)} == {VersionConflict}
    assert len(await everything(log)) == 10


async def test_a_request_sent_many_times_at_once_has_one_effect(log: EventLog, others: list[EventLog]) -> None:
    for number in range(5):
        outcomes = await collide(
            *(
                partial(each.append, new(f"orders/{number}-{copy}", request=key(number)))
                for each in (log, *others)
                for copy in range(8)
            )
        )
        [winner] = won(outcomes)
        assert {type(error) for error in lost(outcomes)} == {RequestRepeated}
        assert await log.effects.find(key(number)) == effect_of(winner)
    assert len(await everything(log)) == 5


async def test_readers_see_no_gap_while_logs_append_at_once(log: EventLog, others: list[EventLog]) -> None:
    async with AsyncExitStack() as stack:
        seen = [await stack.enter_async_context(followed(log, n)) for n in range(log.partitions)]
        outcomes = await collide(
            *(partial(append_many, each, f"w{n}", 60) for n, each in enumerate((log, *others)))
        )
    acknowledged = [place for positions in outcomes if isinstance(positions, list) for place in positions]
    assert sorted(acknowledged) == sorted(commit.position for commits in seen for commit in commits)
    assert len(acknowledged) > 180


async def test_readers_see_no_gap_while_other_processes_append(
    log: EventLog, mongod: Running, database: Database, partitions: int
) -> None:
    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(
            appending(mongod.url, database, partitions, "p1", "p2", count=80)
        )
        seen = [await stack.enter_async_context(followed(log, n)) for n in range(partitions)]
        outcomes = await collide(*(process.run for process in processes), partial(append_many, log, "me", 80))
    acknowledged = [place for positions in outcomes if isinstance(positions, list) for place in positions]
    assert sorted(acknowledged) == sorted(commit.position for commits in seen for commit in commits)
    assert len(acknowledged) > 240
    assert_versions_count_on(commit for commits in seen for commit in commits)


async def test_one_batch_with_conflicts_in_it_stores_all_the_rest(log: EventLog) -> None:
    await log.append(new("orders/taken"))
    appends = [new("orders/taken" if n % 3 == 0 else f"orders/{n}") for n in range(60)]
    outcomes = await collide(*(partial(log.append, append) for append in appends))
    assert [isinstance(outcome, VersionConflict) for outcome in outcomes] == [n % 3 == 0 for n in range(60)]
    assert len(await everything(log)) == 41


async def test_partitions_fill_side_by_side(log: EventLog) -> None:
    await collide(*(partial(log.append, new(f"orders/{n}")) for n in range(64)))
    shares = [len(await log.read_partition(n, after=beginning(n), limit=ALL)) for n in range(log.partitions)]
    assert sum(shares) == 64
    assert min(shares) > 0

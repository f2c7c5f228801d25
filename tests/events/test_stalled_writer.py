"""An append held open, wherever, never shows a reader a gap or a later commit before an earlier one."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from events.appender import Appender
from events.batch import LocalAppend
from events.errors import VersionConflict
from events.log import EventLog
from events.position import Position, StreamName, beginning
from events.store import Database
from events.writer import MongoWriter
from tests.events.commits import everything, neighbours, new, whole_partition
from tests.events.racing import collide, followed
from tests.events.stalling import Gate, StallingWriter, appender_on, on_its_way


@pytest.fixture
def partition(partitions: int) -> int:
    """Where everybody appends: the last one."""
    return partitions - 1


@pytest.fixture
def streams(partitions: int, partition: int) -> list[StreamName]:
    """Streams of that partition."""
    return neighbours(60, partitions, partition)


@pytest.fixture
def gate() -> Gate:
    """Where the slow writer stalls."""
    return Gate()


@pytest.fixture
async def stalled(database: Database, partition: int, gate: Gate) -> AsyncIterator[Appender]:
    """An appender that stalls between reading the tail and inserting."""
    async with appender_on(StallingWriter(MongoWriter(database, partition), before=gate)) as appender:
        yield appender


def put(appender: Appender, *streams: StreamName) -> list[LocalAppend]:
    """Have one commit for each stream on its way."""
    appends = [on_its_way(new(stream)) for stream in streams]
    for append in appends:
        appender.put(append)
    return appends


async def test_a_stalled_append_takes_its_place_after_those_that_overtook_it(
    log: EventLog, stalled: Appender, gate: Gate, partition: int, streams: list[StreamName]
) -> None:
    async with followed(log, partition) as seen:
        [slow] = put(stalled, streams[0])
        await gate.reached.wait()
        await collide(*(partial(log.append, new(stream)) for stream in streams[1:40]))
        assert await log.head(partition) == beginning(partition) + 39
        assert not slow.outcome.done()
        gate.open()
        assert await slow.outcome == beginning(partition) + 40
    assert [commit.stream for commit in seen][39:] == [streams[0]]


async def test_a_stalled_append_is_refused_when_its_stream_moved_on(
    log: EventLog, stalled: Appender, gate: Gate, streams: list[StreamName]
) -> None:
    [slow] = put(stalled, streams[0])
    await gate.reached.wait()
    winner = await log.append(new(streams[0]))
    gate.open()
    with pytest.raises(VersionConflict):
        await slow.outcome
    assert await everything(log) == [winner]


async def test_a_stalled_batch_stays_in_order_behind_those_that_overtook_it(
    log: EventLog, stalled: Appender, gate: Gate, partition: int, streams: list[StreamName]
) -> None:
    async with followed(log, partition) as seen:
        slow = put(stalled, *streams[:50])
        await gate.reached.wait()
        await log.append(new(streams[50]))
        gate.open()
        assert [await append.outcome for append in slow] == [beginning(partition) + 2 + n for n in range(50)]
    assert [commit.stream for commit in seen] == [streams[50], *streams[:50]]


async def test_a_batch_that_is_cut_in_two_by_another_writer_stays_in_order(
    log: EventLog, stalled: Appender, gate: Gate, database: Database, partition: int, streams: list[StreamName]
) -> None:
    """The other writer comes in the middle of the insert, as far as anybody can tell afterwards."""
    slow = put(stalled, *streams[:5])
    await gate.reached.wait()
    place = Position(beginning(partition) + 3)
    await MongoWriter(database, partition).insert([on_its_way(new(streams[5]))], place)
    gate.open()
    assert [await append.outcome - beginning(partition) for append in slow] == [1, 2, 4, 5, 6]
    there = [commit.stream for commit in await whole_partition(log, partition)]
    assert there == [*streams[:2], streams[5], *streams[2:5]]


async def test_writers_that_stall_at_one_position_all_get_their_own(
    log: EventLog, database: Database, partition: int, streams: list[StreamName]
) -> None:
    gate = Gate(visitors=3)
    writer = StallingWriter(MongoWriter(database, partition), before=gate)
    async with (
        followed(log, partition) as seen,
        appender_on(writer) as one,
        appender_on(writer) as two,
        appender_on(writer) as three,
    ):
        appends = [put(appender, streams[n])[0] for n, appender in enumerate((one, two, three))]
        await gate.reached.wait()
        assert seen == []
        gate.open()
        places = {await append.outcome for append in appends}
    assert places == {beginning(partition) + n for n in (1, 2, 3)}


async def test_others_go_on_while_a_writer_stalls_after_its_insert(
    log: EventLog, database: Database, gate: Gate, partition: int, streams: list[StreamName]
) -> None:
    async with (
        followed(log, partition) as seen,
        appender_on(StallingWriter(MongoWriter(database, partition), after=gate)) as appender,
    ):
        [slow] = put(appender, streams[0])
        await gate.reached.wait()
        later = await log.append(new(streams[1]))
        gate.open()
        assert await slow.outcome == later.position - 1
    assert seen == await whole_partition(log, partition)

"""A log is created once, whoever comes first, and keeps its id and its number of partitions."""

from functools import partial

import pytest

from app.embedded import Running
from events.errors import LogMismatch, LogUnavailable
from events.log import EventLog
from events.store import BY_REQUEST, BY_VERSION, Database
from tests.events.commits import everything, new
from tests.events.logs import another, opened
from tests.events.racing import collide
from tests.events.wire import Fate, Wire


async def test_a_log_keeps_its_id_and_its_commits(database: Database, partitions: int) -> None:
    async with opened(database, partitions=partitions) as log:
        id, commit = log.id, await log.append(new())
    async with opened(database, partitions=partitions) as again:
        assert again.id == id
        assert await everything(again) == [commit]


async def test_two_logs_have_two_ids(database: Database) -> None:
    other = database.client[f"{database.name}_other"]
    async with opened(database) as one, opened(other) as two:
        assert one.id != two.id
    await database.client.drop_database(other.name)


async def test_processes_that_create_a_log_at_once_agree_on_it(
    mongod: Running, database: Database, partitions: int
) -> None:
    async def open_and_append(number: int) -> str:
        async with another(mongod.url, database.name, partitions=partitions) as log:
            await log.append(new(f"orders/{number}", taken=(f"orders/number/{number}",)))
            return log.id

    ids = await collide(*(partial(open_and_append, number) for number in range(6)))
    assert len(set(ids)) == 1
    async with opened(database, partitions=partitions) as log:
        assert {log.id} == set(ids)
        assert len(await everything(log)) == 6


@pytest.mark.parametrize(("first", "then"), [(1, 4), (4, 1), (4, 8192)])
async def test_another_number_of_partitions_is_refused(database: Database, first: int, then: int) -> None:
    async with opened(database, partitions=first) as log:
        commit = await log.append(new())
        with pytest.raises(
            LogMismatch, match=f"has {first} partitions and not {then}; set FOLDBASE_PARTITIONS"
        ):
            await EventLog.open(database, partitions=then)
        assert await everything(log) == [commit]


async def test_both_unique_indexes_are_there_and_are_made_once(log: EventLog, database: Database) -> None:
    before = await database["commits"].index_information()
    await EventLog.open(database, partitions=log.partitions)
    assert await database["commits"].index_information() == before
    assert before[BY_VERSION]["unique"]
    assert before[BY_REQUEST]["unique"]


async def test_opening_says_when_mongodb_does_not_answer(wire: Wire, database: Database) -> None:
    wire.weather = lambda _: Fate.SWALLOWED
    with pytest.raises(LogUnavailable):
        async with another(wire.url, database.name, connectTimeoutMS=200, serverSelectionTimeoutMS=200):
            raise AssertionError("it was opened")

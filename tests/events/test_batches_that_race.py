"""Batches race with busy appenders, with other processes and with each other; each finds its place, whole."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from functools import partial

import pytest

from app.embedded import Running
from events.commit import Commit, NewCommit
from events.errors import ClaimTaken, TogetherRefused, VersionConflict
from events.log import EventLog
from events.position import Position, partition_of
from events.store import Database
from tests.events.appending import append_many
from tests.events.batches import batch, seen_whole
from tests.events.commits import everything, new
from tests.events.load import assert_kept, load_on
from tests.events.logs import another
from tests.events.processes import appending
from tests.events.racing import collide

Outcome = list[Commit] | BaseException

SOON = 8.0
"""Seconds in which a batch finds its place in any storm of these tests; it takes some hundredths of one."""


@pytest.fixture
async def other(log: EventLog, mongod: Running, database: Database, partitions: int) -> AsyncIterator[EventLog]:
    """The same log as another process has it."""
    async with another(mongod.url, database.name, partitions=partitions) as other:
        yield other


async def owners(database: Database) -> dict[str, str]:
    """Who holds what."""
    return {claim["_id"]: claim["stream"] async for claim in database["claims"].find()}


def stored(outcomes: Iterable[Outcome]) -> list[list[Commit]]:
    """The batches that were stored. Fails where one was not, but for a refusal."""
    ends = list(outcomes)
    assert all(isinstance(end, list | TogetherRefused) for end in ends), ends
    return [end for end in ends if isinstance(end, list)]


async def test_batches_get_through_a_storm_of_appends(log: EventLog, database: Database) -> None:
    batches = [batch(f"batch{n}", 50, claiming=n % 2 == 1) for n in range(8)]
    async with seen_whole(log), load_on(log) as load:
        for news in batches:
            async with asyncio.timeout(SOON):
                load.acknowledged += await log.append_together(news)
    assert not load.failed
    await assert_kept(log, load)
    held = await owners(database)
    assert all(held[claim] == each.stream for news in batches for each in news for claim in each.taken)


async def test_batches_get_through_what_other_processes_append(
    log: EventLog, mongod: Running, database: Database, partitions: int
) -> None:
    async def append_batches() -> list[Position]:
        places: list[Position] = []
        for n in range(6):
            async with asyncio.timeout(SOON):
                places += [commit.position for commit in await log.append_together(batch(f"batch{n}", 25))]
        return places

    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(
            appending(mongod.url, database, partitions, "p1", "p2", count=80)
        )
        await stack.enter_async_context(seen_whole(log))
        outcomes = await collide(
            *(process.run for process in processes), partial(append_many, log, "me", 80), append_batches
        )
    acknowledged = [place for places in outcomes if isinstance(places, list) for place in places]
    assert sorted(acknowledged) == sorted(commit.position for commit in await everything(log))
    assert len(acknowledged) > 3 * 80 + 6 * 25


async def test_of_batches_on_the_same_streams_in_opposite_orders_exactly_one_wins(
    log: EventLog, other: EventLog
) -> None:
    for number in range(8):
        news = batch(f"round{number}", 20)
        outcomes = await collide(
            *(partial(each.append_together, order) for each in (log, other) for order in (news, news[::-1]))
        )
        [winner] = stored(outcomes)
        assert {commit.stream for commit in winner} == {each.stream for each in news}
        for told in outcomes:
            if isinstance(told, TogetherRefused):
                assert (told.index, type(told.error)) == (0, VersionConflict)
    assert len(await everything(log)) == 8 * 20


async def test_many_batches_at_once_all_get_places_that_follow_on_each_other(
    log: EventLog, other: EventLog
) -> None:
    calls = [
        partial(each.append_together, batch(f"{who}-{n}", 7, claiming=True))
        for who, each in enumerate((log, other))
        for n in range(12)
    ]
    async with seen_whole(log):
        batches = stored(await collide(*calls))
    assert len(batches) == 24
    assert await everything(log) == sorted(commit for commits in batches for commit in commits)
    for commits in batches:
        for part in range(log.partitions):
            places = [commit.position for commit in commits if partition_of(commit.position) == part]
            assert places == [places[0] + n for n in range(len(places))]


async def test_a_batch_and_appends_that_want_one_value_agree_on_its_holder(
    log: EventLog, other: EventLog, database: Database
) -> None:
    for number in range(6):
        claim = f"orders/number/{number}"
        singles = [new(f"orders/{number}-{n}", taken=(claim,)) for n in range(2)]
        wanting = [*batch(f"wants-{number}", 3), new(f"orders/wants-{number}", taken=(claim,))]
        calls = [partial(each.append, single) for each, single in zip((log, other), singles, strict=True)]
        *alone, last = await collide(*calls, partial(_last, log, wanting))
        [winner] = [outcome for outcome in (*alone, last) if isinstance(outcome, Commit)]
        assert (await owners(database))[claim] == winner.stream
        assert all(isinstance(outcome, Commit | ClaimTaken) for outcome in alone)
        if isinstance(last, TogetherRefused):
            assert (last.index, type(last.error)) == (3, ClaimTaken)
    assert len(await everything(log)) in range(6, 6 * 4 + 1)


async def _last(log: EventLog, news: list[NewCommit]) -> Commit:
    return (await log.append_together(news))[-1]

"""A caller that goes away, as when its client disconnects, neither undoes nor halves its append."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from events.commit import Commit
from events.log import EventLog
from events.store import Database
from events.writer import MongoWriter
from tests.events.commits import counted, everything, new
from tests.events.stalling import Gate, StallingWriter, appender_on, on_its_way
from tests.events.wire import Fate, Wire

SOME = range(20)


async def begun(*calls: Coroutine[Any, Any, Commit]) -> list[asyncio.Task[Commit]]:
    """Tasks that have put their appends, which are not on their way yet."""
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    return tasks


async def leave(*tasks: asyncio.Task[Commit]) -> None:
    """Cancel callers and see them gone."""
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)


async def test_an_append_is_stored_whole_when_its_caller_leaves_before_it_is_sent(log: EventLog) -> None:
    gone, stays = await begun(
        log.append(new("orders/o1", events=counted(1, 2, 3))), log.append(new("orders/o2"))
    )
    await leave(gone)
    await stays
    await log.append(new("orders/o1", 3))
    assert sorted(commit.stream for commit in await everything(log)) == ["orders/o1", "orders/o1", "orders/o2"]


async def test_a_batch_is_stored_when_all_its_callers_leave(log: EventLog) -> None:
    await leave(*await begun(*(log.append(new(f"orders/{n}", taken=(f"orders/n/{n}",))) for n in SOME)))
    await log.close()
    assert {commit.stream for commit in await everything(log)} == {f"orders/{n}" for n in SOME}


async def test_every_second_caller_may_leave_while_the_batch_is_on_its_way(database: Database) -> None:
    gate = Gate()
    log = await EventLog.open(database)
    async with appender_on(StallingWriter(MongoWriter(database, 0), before=gate)) as appender:
        appends = [on_its_way(new(f"orders/{n}")) for n in SOME]
        for append in appends:
            appender.put(append)
        await gate.reached.wait()
        for append in appends[::2]:
            append.outcome.cancel()
        gate.open()
        assert [await append.outcome for append in appends[1::2]] == [2 * n for n in range(1, 11)]
        last = on_its_way(new("orders/last"))
        appender.put(last)
        assert await last.outcome == 21
    assert len(await everything(log)) == 21


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.ANSWER_LOST])
async def test_appends_of_callers_that_left_are_settled_like_others(
    wire: Wire, wired: EventLog, direct: EventLog, fate: Fate
) -> None:
    await wired.append(new("orders/first"))
    wire.expect("insert commits", fate)
    await leave(*await begun(*(wired.append(new(f"orders/{n}")) for n in SOME)))
    await wired.append(new("orders/last"))
    streams = [commit.stream for commit in await everything(direct)]
    assert streams == ["orders/first", *(f"orders/{n}" for n in SOME), "orders/last"]


async def test_a_refusal_that_nobody_waits_for_harms_nobody(log: EventLog) -> None:
    await log.append(new("orders/o1"))
    gone, stays = await begun(log.append(new("orders/o1")), log.append(new("orders/o2")))
    await leave(gone)
    await stays
    assert len(await everything(log)) == 2

"""What the log bounds: bytes of a commit and of a batch, what may wait, the harm one commit does to others."""

import asyncio
from functools import partial
from typing import Any

import orjson
import pytest

from events import batch
from events.commit import MOST_COMMIT_BYTES, Event
from events.errors import InvalidValue, LogUnavailable
from events.log import EventLog
from events.position import beginning, stream_name
from events.store import Database
from events.values import MOST_DOCUMENT_BYTES, check_document
from events.writer import MongoWriter
from tests.events.commits import everything, neighbours, new, whole_partition, won
from tests.events.racing import collide
from tests.events.stalling import Gate, StallingWriter, appender_on, on_its_way

ORDER = stream_name("orders", "o1")
TOO_DEEP = 200


def holding(size: int) -> Event:
    """An event with `size` bytes of text."""
    return Event("created", {"text": "x" * size})


def nested(levels: int) -> Event:
    """An event nested `levels` deep."""
    data: dict[str, Any] = {}
    for _ in range(levels):
        data = {"in": data}
    return Event("created", data)


async def test_a_commit_of_almost_12_mib_is_kept_and_a_larger_one_refused(log: EventLog) -> None:
    commit = await log.append(new(ORDER, events=[holding(MOST_COMMIT_BYTES - 200)]))
    with pytest.raises(InvalidValue, match="a commit holds 12,582,912"):
        await log.append(new(ORDER, 1, [holding(MOST_COMMIT_BYTES)]))
    [kept] = await log.read(ORDER)
    assert kept == commit


async def test_a_page_of_large_commits_is_shorter_than_was_asked_for(log: EventLog) -> None:
    for name in neighbours(10, log.partitions):
        await log.append(new(name, events=[holding(2**21)]))
    page = await log.read_partition(0, after=beginning(0), limit=10)
    assert 1 <= len(page) < 9


async def test_many_large_commits_at_once_go_out_in_batches_that_fit(log: EventLog) -> None:
    names = neighbours(12, log.partitions)
    outcomes = await collide(*(partial(log.append, new(name, events=[holding(2**21)])) for name in names))
    assert len(won(outcomes)) == 12
    assert [len(commit.events[0].data["text"]) for commit in await everything(log)] == [2**21] * 12


@pytest.mark.parametrize("filler", [0, 0.5, None, {}, "", True], ids=repr)
async def test_the_largest_document_fits_a_commit_whatever_it_holds(direct: EventLog, filler: Any) -> None:
    entry = len(orjson.dumps([filler])) - 1
    body = {"all": [filler] * ((MOST_DOCUMENT_BYTES - 10) // entry)}
    check_document(body)
    commit = await direct.append(new(ORDER, events=[Event("patched", {"set": body, "unset": []})]))
    assert await direct.read(ORDER) == [commit]


@pytest.mark.parametrize("claiming", [False, True], ids=["plain", "claiming"])
async def test_a_commit_that_can_not_be_stored_fails_alone(log: EventLog, claiming: bool) -> None:
    names = neighbours(40, log.partitions)
    commits = [
        new(
            name,
            events=[nested(TOO_DEEP if place in (0, 17, 18, 39) else 60)],
            taken=(f"orders/number/{name}",) if claiming else (),
        )
        for place, name in enumerate(names)
    ]
    outcomes = await asyncio.gather(*(log.append(commit) for commit in commits), return_exceptions=True)
    assert [place for place, end in enumerate(outcomes) if isinstance(end, InvalidValue)] == [0, 17, 18, 39]
    assert await everything(log) == won(end for end in outcomes if not isinstance(end, InvalidValue))


async def test_more_than_may_wait_is_turned_away_and_what_waits_is_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_WAITING", 50)
    gate = Gate()
    log = await EventLog.open(database)
    async with appender_on(StallingWriter(MongoWriter(database, 0), before=gate)) as appender:
        appender.put(on_its_way(new("orders/sent")))
        await gate.reached.wait()
        waiting = [on_its_way(new(f"orders/{n}")) for n in range(50)]
        for append in waiting:
            appender.put(append)
        with pytest.raises(LogUnavailable, match="too many writes wait") as refused:
            appender.put(on_its_way(new("orders/too-many")))
        assert not refused.value.unknown
        gate.open()
        await asyncio.gather(*(append.outcome for append in waiting))
        appender.put(last := on_its_way(new("orders/last")))
        await last.outcome
    assert len(await whole_partition(log)) == 52


async def test_more_bytes_than_may_wait_are_turned_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_WAITING_BYTES", 2**20)
    gate = Gate()
    await EventLog.open(database)
    async with appender_on(StallingWriter(MongoWriter(database, 0), before=gate)) as appender:
        appender.put(on_its_way(new("orders/sent")))
        await gate.reached.wait()
        appender.put(large := on_its_way(new("orders/o1", events=[holding(2**20)])))
        with pytest.raises(LogUnavailable, match="too many writes wait"):
            appender.put(on_its_way(new("orders/o2")))
        gate.open()
        await large.outcome
        appender.put(later := on_its_way(new("orders/o2")))
        assert await later.outcome == 3


async def test_closing_sends_what_waits_and_then_takes_nothing_more(log: EventLog) -> None:
    tasks = [asyncio.create_task(log.append(new(f"orders/{n}"))) for n in range(2500)]
    await asyncio.sleep(0)
    await log.close()
    assert all(task.done() for task in tasks)
    outcomes = [await task for task in tasks]
    with pytest.raises(LogUnavailable, match="stopping") as refused:
        await log.append(new())
    assert not refused.value.unknown
    assert await everything(log) == sorted(outcomes)


async def test_closing_again_or_before_anything_was_appended_does_nothing(log: EventLog) -> None:
    await log.close()
    await log.close()
    assert await everything(log) == []

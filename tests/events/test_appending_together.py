"""Commits appended together: what the contract leaves open; see tests/events/contract_of_batches.py."""

import asyncio

import pytest

from events import together, transaction
from events.commit import Event
from events.errors import LogUnavailable, TogetherRefused
from events.log import EventLog
from events.position import Position, beginning
from events.store import Collection, Database, tail
from tests.events.batches import batch, seen_whole
from tests.events.commits import NUMBER, everything, neighbours, new
from tests.events.racing import deferred

SOON = 5.0


async def test_the_largest_batch_is_kept_and_read_as_one_page(log: EventLog) -> None:
    events = [Event("created", {"text": "x" * 12_400})]
    *names, first = neighbours(1001, log.partitions)
    before = await log.append(new(first))
    commits = await log.append_together([new(name, events=events) for name in names])
    assert await log.read_partition(0, after=beginning(0), limit=2) == [before, *commits]
    assert await log.read_partition(0, after=before.position, limit=1) == commits


async def test_the_last_position_in_every_partition_is_announced(log: EventLog) -> None:
    heard: list[Position] = []
    log.on_append(heard.append)
    await log.append_together(batch("a", 30))
    assert sorted(heard) == sorted((await log.heads()).values())


async def test_a_caller_that_goes_away_neither_undoes_nor_halves_its_batch(log: EventLog) -> None:
    async with seen_whole(log):
        for turns in range(1, 25, 2):
            task = asyncio.create_task(log.append_together(batch(f"gone-{turns}", 40, claiming=True)))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await log.close()
    assert len(await everything(log)) == 12 * 40


async def test_closing_lets_batches_end_and_then_takes_no_more(log: EventLog) -> None:
    tasks = [asyncio.create_task(log.append_together(batch(f"b{n}", 20))) for n in range(5)]
    await asyncio.sleep(0)
    await log.close()
    assert all(task.done() for task in tasks)
    assert sorted(await everything(log)) == sorted(commit for task in tasks for commit in task.result())
    with pytest.raises(LogUnavailable, match="stopping") as refused:
        await log.append_together(batch("late", 2))
    assert not refused.value.unknown


async def test_more_bytes_than_may_wait_are_turned_away(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_WAITING_BYTES", 10_000)
    async with deferred(log.append_together(batch("fits", 20))) as stored:
        await asyncio.sleep(0)
        with pytest.raises(LogUnavailable, match="too many writes wait") as refused:
            await log.append_together(batch("too-much", 60))
    assert not refused.value.unknown
    stored += await log.append_together(batch("later", 20))
    assert await everything(log) == sorted(stored)


async def test_a_refused_batch_leaves_its_places_to_others(log: EventLog) -> None:
    await log.append(new("orders/held", taken=(NUMBER,)))
    before = await log.heads()
    with pytest.raises(TogetherRefused):
        await log.append_together([*batch("a", 30), new("orders/late", taken=(NUMBER,))])
    assert await log.heads() == before
    await log.append_together(batch("a", 30))
    assert len(await everything(log)) == 31


async def test_a_tail_that_only_a_deposed_primary_had_is_not_built_upon(
    direct: EventLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await direct.append(new("orders/before"))
    told = [Position(before.position + 3)]

    async def deposed(commits: Collection, partition: int) -> Position:
        return told.pop() if told else await tail(commits, partition)

    monkeypatch.setattr(transaction, "tail", deposed)
    commits = await direct.append_together(batch("a", 5))
    assert not told
    assert await everything(direct) == [before, *commits]
    assert await database["commits"].count_documents({}) == 6


async def test_commits_too_large_together_are_refused_at_the_first_that_does_not_fit(log: EventLog) -> None:
    large = Event("created", {"text": "x" * 2**20})
    with pytest.raises(TogetherRefused, match=r"commit 11: .* write less at once"):
        await log.append_together([new(f"orders/o{number}", events=[large]) for number in range(14)])
    assert await everything(log) == []

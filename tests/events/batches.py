"""Batches that stand or fall as a whole, and readers that never see a part of one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle

from events.commit import Commit, NewCommit
from events.log import EventLog
from events.position import Position, beginning
from tests.events.commits import assert_no_gap, new

LIMITS = (1, 2, 3, 5, 8, 13, 21, 34)


def batch(name: str, number: int, *, claiming: bool = False) -> list[NewCommit]:
    """Commits of `number` new streams; `claiming`: every second one takes a claim of its own."""
    names = [f"orders/{name}-{n}" for n in range(number)]
    claims = [(f"orders/number/{each}",) if claiming and n % 2 else () for n, each in enumerate(names)]
    return [new(each, taken=taken) for each, taken in zip(names, claims, strict=True)]


def assert_whole(page: Sequence[Commit]) -> None:
    """The page, which begins where a batch may begin, holds whole batches only."""
    left = 0
    for commit in page:
        assert left == 0 or commit.more == left - 1
        left = commit.more
    assert left == 0


@asynccontextmanager
async def seen_whole(log: EventLog) -> AsyncIterator[None]:
    """While the block runs, a reader follows each partition in pages of many sizes; it sees no gap, either."""
    ended = asyncio.Event()
    tasks = [asyncio.create_task(_read(log, n, ended)) for n in range(log.partitions)]
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(*tasks)


async def _read(log: EventLog, partition: int, ended: asyncio.Event) -> None:
    after = beginning(partition)
    for limit in cycle(LIMITS):
        last = ended.is_set()
        page = await log.read_partition(partition, after=after, limit=limit)
        assert_no_gap(after, page)
        assert_whole(page)
        after = Position(after + len(page))
        if last and not page:
            return

"""Races: calls that set off together, and readers that watch while others write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from events.commit import Commit
from events.position import Position, beginning
from tests.events.commits import Readable, assert_no_gap

T = TypeVar("T")
FEW = 7
BREATH = 0.002


async def collide(*calls: Callable[[], Awaitable[T]]) -> list[T | BaseException]:
    """Let all calls set off at one moment; what came of each, errors as values."""
    barrier = asyncio.Barrier(len(calls))

    async def run(call: Callable[[], Awaitable[T]]) -> T:
        await barrier.wait()
        return await call()

    return await asyncio.gather(*(run(call) for call in calls), return_exceptions=True)


@asynccontextmanager
async def followed(log: Readable, partition: int = 0) -> AsyncIterator[list[Commit]]:
    """While the block runs, a reader follows a partition in small steps; it fails at a gap or disorder.

    Yields what it has seen so far; when the block ends it reads on to the end of the log.
    """
    seen: list[Commit] = []
    ended = asyncio.Event()
    task = asyncio.create_task(_follow(log, partition, seen, ended))
    try:
        yield seen
    finally:
        ended.set()
        await task


async def _follow(log: Readable, partition: int, seen: list[Commit], ended: asyncio.Event) -> None:
    after = beginning(partition)
    while True:
        last = ended.is_set()
        commits = await log.read_partition(partition, after=after, limit=FEW)
        assert_no_gap(after, commits)
        seen += commits
        after = Position(after + len(commits))
        if not commits:
            if last:
                return
            await asyncio.sleep(BREATH)


async def until(condition: Callable[[], object], within: float = 10.0) -> None:
    """Wait until `condition` holds; fails after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            if condition():
                return
            await asyncio.sleep(0.002)


@asynccontextmanager
async def deferred(awaited: Coroutine[Any, Any, list[T]]) -> AsyncIterator[list[T]]:
    """Run `awaited` beside the block. What it returns is in the yielded list when the block has ended."""
    task = asyncio.create_task(awaited)
    outcome: list[T] = []
    try:
        yield outcome
        outcome += await task
    finally:
        task.cancel()

"""Reading the log in batches: the next one is fetched while the one before is being applied."""

import asyncio
from collections.abc import AsyncIterator

from events.background import end
from events.commit import Commit
from events.log import EventLog
from events.position import Position, partition_of


async def batches(
    log: EventLog, *, after: Position, until: Position, limit: int, collection: str | None = None
) -> AsyncIterator[list[Commit]]:
    """All commits after `after` up to `until` (of one collection), at most `limit` in a batch."""
    partition = partition_of(until)

    def read(start: Position) -> asyncio.Task[list[Commit]]:
        return asyncio.create_task(
            log.read_partition(partition, after=start, limit=limit, until=until, collection=collection)
        )

    ahead = read(after)
    try:
        while batch := await ahead:
            if len(batch) == limit:
                ahead = read(batch[-1].position)
                yield batch
            else:
                yield batch
                return
    finally:
        await end([ahead])

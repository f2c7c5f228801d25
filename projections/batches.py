"""Reading the log in batches: the next one is fetched while the one before is being applied."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from events.background import end
from events.commit import Commit
from events.log import EventLog
from events.position import Position, partition_of
from projections.errors import LogDamaged

BATCH = 2048


async def batches(
    log: EventLog, *, after: Position, until: Position, collection: str | None = None
) -> AsyncGenerator[list[Commit], None]:
    """All commits after `after` up to `until` (of one collection), in order.

    Iterate it within `aclosing`, so that nothing is left being fetched. Raises LogUnavailable.
    """

    def fetch(start: Position) -> "asyncio.Task[list[Commit]]":
        partition = partition_of(until)
        read = log.read_partition(partition, after=start, limit=BATCH, until=until, collection=collection)
        return asyncio.create_task(read, name="batch")

    ahead = fetch(after)
    try:
        while batch := await ahead:
            last = batch[-1].position
            if last < until:
                ahead = fetch(last)
            yield batch
            if last >= until:
                return
    finally:
        await end([ahead])


def check_order(commits: Sequence[Commit], after: Position) -> None:
    """Raises LogDamaged unless the commits follow `after` and each other without a gap."""
    if commits[-1].position - after == len(commits):
        return
    for commit in commits:
        if commit.position != after + 1:
            raise LogDamaged(after, commit.position)
        after = commit.position

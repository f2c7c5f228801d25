"""Bringing up: filling Redis from the beginning of the log when there is nothing in it to go on from.

Redis was lost, or holds the checkpoint of another log or of this log's lost future. Readers are told that the
projections are behind until everything is there; then they see all of it at once. A bring-up that was
interrupted goes on where it was.
"""

import structlog

from events.log import EventLog
from events.position import Position
from projections.batches import batches
from projections.checkpoint import read_checkpoint
from projections.generations import Generations
from projections.layout import Layout
from projections.step import Steps

_log = structlog.get_logger(__name__)

EVERYTHING = "*"
BATCH = 2048


class BringUp:
    """Builds every projection anew, then makes them all live in one step."""

    def __init__(self, log: EventLog, layout: Layout, generations: Generations, steps: Steps) -> None:
        """steps: those of the target `layout.build(EVERYTHING)`."""
        self._log = log
        self._live = layout.live
        self._build = layout.build(EVERYTHING)
        self._generations = generations
        self._steps = steps

    async def needed(self) -> bool:
        """Whether the live checkpoints are missing, of another log, or beyond the head of this one."""
        return not await self._usable(await self._generations.written(self._live))

    async def run(self) -> None:
        """Returns when the live projections stand close to the head of the log.

        Raises: LogUnavailable, ProjectionAway, UnknownEvent; CheckpointMoved: another projector was at it.
        """
        seen = await self._generations.written(self._live)
        if await self._usable(seen):
            return
        _log.info("bringing up all projections from the beginning of the log")
        await self._generations.forget(self._live, seen)
        if not await self._usable(await self._generations.written(self._build)):
            await self._generations.start_build(self._build, None)
        stands = {partition: await self._fill(partition) for partition in range(self._log.partitions)}
        await self._generations.join_all(self._build, stands)
        _log.info("all projections are live")

    async def _fill(self, partition: int) -> Position:
        after = await self._steps.position(partition)
        head = await self._log.head(partition)
        async for commits in batches(self._log, after=after, until=head, limit=BATCH):
            await self._steps.apply(commits, after, commits[-1].position)
            after = commits[-1].position
        return after

    async def _usable(self, written: dict[int, bytes | None]) -> bool:
        for partition, checkpoint in written.items():
            found = read_checkpoint(checkpoint)
            if found is None or found.log != self._log.id:
                return False
            if found.position > await self._log.head(partition):
                return False
        return True

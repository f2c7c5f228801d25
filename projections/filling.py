"""Filling a build: the commits of one collection, in the order of the log, up to where the live ones stand."""

import time
from contextlib import aclosing

from events.log import EventLog
from events.position import Position
from projections.batches import BATCH, batches
from projections.errors import CheckpointMoved
from projections.expected import Expected
from projections.nearing import Nearing
from projections.pace import Pace
from projections.progress import Progress
from projections.step import Steps


class Filling:
    """Moves a build on, slice by slice, at a pace that leaves the live projections theirs."""

    def __init__(
        self,
        log: EventLog,
        collection: str,
        build: Steps,
        live: Steps,
        nearing: Nearing,
        expected: Expected,
    ) -> None:
        self._log = log
        self._collection = collection
        self._build = build
        self._live = live
        self._nearing = nearing
        self._expected = expected

    async def approach(self, progress: Progress, pace: Pace) -> None:
        """Catch up until what is left is so little that the live ones can stand still for it.

        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway, RebuildInterrupted, UnknownEvent;
                CheckpointMoved: somebody else works on it, or it is ahead of the live ones.
        """
        before, left = None, await self.catch_up(progress, pace)
        while left > BATCH and (before is None or left < before):
            before, left = left, await self.catch_up(progress, pace)

    async def catch_up(self, progress: Progress, pace: Pace) -> int:
        """Fill up to where the live ones stand now; how far they moved on meanwhile. Raises as above."""
        stands = {partition: await self._live.position(partition) for partition in range(self._log.partitions)}
        for partition, until in stands.items():
            await self._fill(partition, until, progress, pace)
        return sum([await self._live.position(partition) - stand for partition, stand in stands.items()])

    async def _fill(self, partition: int, until: Position, progress: Progress, pace: Pace) -> None:
        after = await self._build.position(partition)
        if after > until:  # Redis was put back; nobody may hold the live ones until they are where we are
            raise CheckpointMoved
        name = self._collection
        async with aclosing(batches(self._log, after=after, until=until, collection=name)) as found:
            async for commits in found:
                for piece in pace.slices(commits):
                    begun = time.monotonic()
                    await self._build.apply(piece, after, piece[-1].position)
                    after = piece[-1].position
                    progress.trouble = await self._nearing.trouble()
                    await progress.tell(
                        sum(commit.version > 0 for commit in piece), await self._expected.look()
                    )
                    await pace.rest(len(piece), time.monotonic() - begun)
        if after < until:
            await self._build.apply((), after, until)

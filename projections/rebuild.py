"""Rebuilding: a new generation beside the live one is filled from the log, catches up, and takes its place.

Readers see the old generation until the one step in which they see the new one. A rebuild that was interrupted
goes on at its own checkpoint.
"""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

import structlog
from catalog.catalog import Catalog

from events.log import EventLog
from events.position import Position, beginning
from projections.batches import batches
from projections.checkpoint import read_checkpoint
from projections.client import RedisClient
from projections.errors import CheckpointMoved
from projections.follower import Follower
from projections.generations import Generations
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.step import Steps

_log = structlog.get_logger(__name__)

BATCH = 2048
TELL_EVERY = 0.25


class Rebuild:
    """One rebuild of one collection's projection."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        jobs: Jobs,
        job: Job,
        followers: Sequence[Follower] = (),
    ) -> None:
        """followers: those of this process; they stand still while the new generation takes its place."""
        self._log = log
        self._layout = layout
        self._build = layout.build(job.collection)
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._steps = Steps(redis, layout, self._build, log, catalog)
        self._live = Steps(redis, layout, layout.live, log, catalog)
        self._jobs = jobs
        self._job = job
        self._followers = followers
        self._told = 0.0

    async def run(self) -> None:
        """Returns when the new generation is live.

        Raises: LogUnavailable, ProjectionAway: nothing is lost, run it again.
                CheckpointMoved: somebody else works on it.
        """
        job = self._job
        await self._begin()
        for partition in range(self._log.partitions):
            await self._fill(partition, await self._live.position(partition))
        await self._join()
        job.state, job.finished_at, job.done = "done", time.time(), max(job.done, job.total)
        await self._jobs.keep(job)
        _log.info("rebuild done", collection=job.collection, commits=job.done)

    async def _begin(self) -> None:
        """Count what there is to do, and start from nothing unless an earlier attempt can go on."""
        job = self._job
        if not await self._resumable():
            await self._generations.start_build(self._build, job.collection)
        job.state, job.started_at, job.done, job.total = "running", job.started_at or time.time(), 0, 0
        for partition in range(self._log.partitions):
            place, live = await self._steps.position(partition), await self._live.position(partition)
            job.done += await self._count(beginning(partition), place)
            job.total += await self._count(beginning(partition), live)
        await self._jobs.keep(job)

    async def _resumable(self) -> bool:
        written = await self._generations.written(self._build)
        found = [read_checkpoint(checkpoint) for checkpoint in written.values()]
        return all(checkpoint is not None and checkpoint.log == self._log.id for checkpoint in found)

    async def _count(self, after: Position, until: Position) -> int:
        if after == until:
            return 0
        return await self._log.count(after=after, until=until, collection=self._job.collection)

    async def _fill(self, partition: int, until: Position) -> None:
        """Apply everything up to `until`, a position the live projections have passed."""
        after = await self._steps.position(partition)
        name = self._job.collection
        async for commits in batches(self._log, after=after, until=until, limit=BATCH, collection=name):
            await self._steps.apply(commits, after, commits[-1].position)
            after = commits[-1].position
            await self._tell(len(commits))
        if after < until:
            await self._steps.apply((), after, until)

    async def _join(self) -> None:
        """Catch up to where the live ones stand, and take their place before they move on."""
        while True:
            async with AsyncExitStack() as stack:
                for follower in self._followers:
                    await stack.enter_async_context(follower.gate)
                for partition in range(self._log.partitions):
                    await self._fill(partition, await self._live.position(partition))
                try:
                    await self._generations.join(self._build, self._job.collection)
                    return
                except CheckpointMoved:
                    await self._steps.position(0)

    async def _tell(self, commits: int) -> None:
        self._job.done += commits
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            await self._jobs.keep(self._job)

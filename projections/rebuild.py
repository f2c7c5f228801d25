"""Rebuilding: a new generation beside the live one is filled from the log, catches up, and takes its place.

Readers see the old generation until the one step in which they see the new one. A rebuild that was interrupted
goes on at its own checkpoint.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress

import structlog

from catalog.catalog import Catalog
from events.log import EventLog
from events.position import Position, beginning
from projections.batches import BATCH, batches
from projections.builds import Builds
from projections.checkpoint import read_checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, CheckpointUnusable, CollectionDropped
from projections.follower import Follower
from projections.generation import Blueprint, Generation, blueprint
from projections.generations import Generations
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.step import Steps

_log = structlog.get_logger(__name__)

TELL_EVERY = 0.25


class Rebuild:
    """One rebuild of one collection's projection."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        job: Job,
        followers: Sequence[Follower] = (),
    ) -> None:
        """followers: those of this process; they stand still while the new generation takes its place."""
        self._log = log
        self._catalog = catalog
        self._layout = layout
        self._build = layout.build(job.collection)
        self._builds = Builds(redis, layout, log.id, log.partitions)
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._steps = Steps(redis, layout, self._build, log, catalog)
        self._live = Steps(redis, layout, layout.live, log, catalog)
        self._jobs = Jobs(redis, layout)
        self._job = job
        self._followers = followers
        self._told = 0.0

    async def run(self) -> None:
        """Returns when the new generation is live.

        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway: nothing is lost, run it again.
                CheckpointMoved: somebody else works on it.
                CheckpointUnusable: the collection was declared anew, and so must the rebuild begin anew.
                CollectionDropped: there is nothing to rebuild.
        """
        await self._begin()
        await self._approach()
        await self._join()
        _log.info("rebuild done", collection=self._job.collection, commits=self._job.done)

    async def _begin(self) -> None:
        """Start from nothing unless an earlier attempt can go on, and count what there is to do."""
        job = self._job
        if not await self._is_resumable():
            await self._builds.start(self._build, {job.collection: await self._blueprint()})
        job.state, job.started_at, job.done, job.total = "running", job.started_at or time.time(), 0, 0
        for partition in range(self._log.partitions):
            place, live = await self._steps.position(partition), await self._live.position(partition)
            job.done += await self._count(beginning(partition), place)
            job.total += await self._count(beginning(partition), live)
        await self._jobs.keep(job)

    async def _is_resumable(self) -> bool:
        """Whether the earlier attempt is of this log, this incarnation and shape, and not ahead of the live."""
        name = self._job.collection
        started = (await self._generations.of(self._build)).get(name)
        wanted = await self._blueprint()
        if started is None or started.incarnation != wanted.incarnation:
            return False
        if not wanted.shape.is_same(await self._generations.shape(name, started.number)):
            return False
        for partition, written in (await self._generations.written(self._build)).items():
            found = read_checkpoint(written)
            if found is None or found.log != self._log.id:
                return False
            if found.position > await self._live.position(partition):
                return False
        return True

    async def _blueprint(self) -> Blueprint:
        collection = self._job.collection
        if not await self._catalog.exists_now(collection):
            raise CollectionDropped(collection)
        return blueprint(self._catalog, collection, self._log.partitions)

    async def _count(self, after: Position, until: Position) -> int:
        if after == until:
            return 0
        return await self._log.count(after=after, until=until, collection=self._job.collection)

    async def _approach(self) -> None:
        """Catch up until what is left is so little that the live ones can stand still for it."""
        before, left = None, await self._fill_all()
        while left > BATCH and (before is None or left < before):
            before, left = left, await self._fill_all()

    async def _join(self) -> None:
        """Catch up to where the live ones stand, and take their place before they move on."""
        joined = False
        while not joined:
            async with AsyncExitStack() as stack:
                for follower in self._followers:
                    await stack.enter_async_context(follower.gate)
                await self._fill_all()
                with suppress(CheckpointMoved):
                    await self._builds.join(self._build, self._job.collection, self._confirm, self._finish)
                    joined = True

    async def _confirm(self, built: Mapping[str, Generation]) -> None:
        """The collection may have been dropped, and declared anew, since the build was started."""
        if built[self._job.collection].incarnation != (await self._blueprint()).incarnation:
            raise CheckpointUnusable

    def _finish(self, step: RedisPipeline) -> None:
        """The job ends with the step in which readers see what it made."""
        self._jobs.queue(step, self._job.ended("done"))

    async def _fill_all(self) -> int:
        """Fill up to where the live ones stand now; how many commits they moved on from there meanwhile."""
        stands = {partition: await self._live.position(partition) for partition in range(self._log.partitions)}
        for partition, until in stands.items():
            await self._fill(partition, until)
        return sum([await self._live.position(partition) - stand for partition, stand in stands.items()])

    async def _fill(self, partition: int, until: Position) -> None:
        after = await self._steps.position(partition)
        name = self._job.collection
        async with aclosing(batches(self._log, after=after, until=until, collection=name)) as found:
            async for commits in found:
                await self._steps.apply(commits, after, commits[-1].position)
                after = commits[-1].position
                await self._tell(len(commits))
        if after < until:
            await self._steps.apply((), after, until)

    async def _tell(self, commits: int) -> None:
        self._job.done += commits
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            await self._jobs.keep(self._job)

"""Rebuilding: a new generation beside the live one is filled from the log, catches up, and takes its place.

    fill → join: it stands where the live one stands, and moves with it → compare, if that is wanted → switch

Readers see the old generation until the one step in which they see the new one. A rebuild that was interrupted
goes on where it was.
"""

import time
from contextlib import aclosing

import structlog

from catalog.catalog import Catalog
from events.background import Background
from events.log import EventLog
from events.position import beginning
from projections.builds import Builds
from projections.checkpoint import read_checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.companions import Companions
from projections.comparing import compare
from projections.errors import (
    CheckpointUnusable,
    CollectionDropped,
    RebuildDiffers,
    RebuildInterrupted,
)
from projections.expected import Expected
from projections.fence import Fence
from projections.filling import Filling
from projections.generation import Blueprint, Copy, Generation, blueprint
from projections.generations import Generations
from projections.guarded import unless_moved
from projections.hold import held
from projections.jobs import MOST_DIFFERENCES, Job, Jobs
from projections.lag import Lag
from projections.layout import Layout
from projections.nearing import Nearing
from projections.pace import Pace
from projections.progress import Progress
from projections.ranges import Ranges
from projections.step import Steps
from projections.team import Start, Team

_log = structlog.get_logger(__name__)


class Rebuild:
    """One rebuild of one collection's projection, under a lease."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        job: Job,
        fence: Fence,
        start: Start | None = None,
    ) -> None:
        """start: starts processes that share the work, where there is much of it, and that is wanted."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._name = job.collection
        self._job = job
        self._options = job.options
        self._fence = fence
        self._build = layout.build(job.collection)
        self._builds = Builds(redis, layout, log.id, log.partitions)
        self._companions = Companions(redis, layout, log.partitions)
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._steps = Steps(redis, layout, self._build, log, catalog)
        self._live = Steps(redis, layout, layout.live, log, catalog)
        nearing = Nearing(self._generations, log.id, self._build, layout.live, job.options.max_rate)
        self._expected = Expected(log, job.collection, self._live)
        self._filling = Filling(log, job.collection, self._steps, self._live, nearing, self._expected)
        self._jobs = Jobs(redis, layout)
        self._progress = Progress(self._jobs, job, fence)
        self._ranges = Ranges(redis, self._build, log)
        self._team: Team | None = None
        if start is not None and job.options.workers > 1:
            self._team = Team(redis, layout, log, catalog, job, start)
        self._pace = Pace(Lag(log, self._live), job.options.max_rate)

    async def run(self) -> None:
        """Returns when the new generation is live.

        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway: nothing is lost, run it again.
                CheckpointMoved: somebody else works on it, or runs into it.
                CheckpointUnusable: the collection was declared anew, and so must the rebuild begin anew.
                CollectionDropped: there is nothing to rebuild.
                RebuildInterrupted: it was paused or cancelled. RebuildDiffers: it is not as the live one.
        """
        wanted = await self._blueprint()
        if not await self._has_joined(wanted):
            async with Background() as beside:
                beside.start(self._expect(), "expect")
                await self._begin(wanted)
                await self._approach()
                await beside.wait()
            await self._approach()  # counting may have taken longer than filling; the live ones went on
            await self._join()
        if self._options.verify:
            await self._compare()
        await self._switch()
        _log.info("rebuild done", collection=self._name)

    async def _has_joined(self, wanted: Blueprint) -> bool:
        """Whether an earlier attempt came so far that its generation stands beside the live one."""
        found = await self._generations.companion(self._name, "next")
        if found is None or not await self._is_as(found, wanted):
            return False
        total = await self._expected.count()
        await self._progress.begin(total)
        await self._progress.expect(total)
        return True

    async def _expect(self) -> None:
        """Say how much there is to do. Filling need not wait for it, half a second for each million."""
        await self._progress.expect(await self._expected.count())

    async def _begin(self, wanted: Blueprint) -> None:
        """Start from nothing unless an earlier attempt can go on, and fill it with others if that is wanted."""
        team = self._team if self._is_divisible(wanted) else None
        if not await self._is_resumable(wanted) or (team is None and await self._ranges.all()):
            await self._builds.start(self._build, {self._name: wanted}, self._fence)
        done = sum(each.done for each in await self._ranges.all()) + await self._done()
        await self._progress.begin(done)
        if team is not None:
            await team.fill(self._fence, self._progress, self._expected)

    def _is_divisible(self, wanted: Blueprint) -> bool:
        """Whether documents may be filled in any order: not where each partition has a floor of its own."""
        return wanted.incarnation == 0 or self._log.partitions == 1

    async def _is_resumable(self, wanted: Blueprint) -> bool:
        """Whether the earlier attempt is of this log, this incarnation and shape, and not ahead of the live."""
        started = (await self._generations.of(self._build)).get(self._name)
        if started is None or not await self._is_as(started, wanted):
            return False
        for partition, written in (await self._generations.written(self._build)).items():
            found = read_checkpoint(written)
            if found is None or found.log != self._log.id:
                return False
            if found.position > await self._live.position(partition):
                return False
        return True

    async def _is_as(self, found: Generation, wanted: Blueprint) -> bool:
        shape = await self._generations.shape(self._name, found.number)
        return found.incarnation == wanted.incarnation and shape.is_same(wanted.shape)

    async def _blueprint(self) -> Blueprint:
        if not await self._catalog.exists_now(self._name):
            raise CollectionDropped(self._name)
        return blueprint(self._catalog, self._name, self._log.partitions)

    async def _done(self) -> int:
        """How many commits were applied in the order of the log."""
        done = 0
        for partition in range(self._log.partitions):
            after, until = beginning(partition), await self._steps.position(partition)
            if until > after:
                done += await self._log.count(after=after, until=until, collection=self._name)
        return done

    async def _approach(self) -> None:
        await self._filling.approach(self._progress, self._pace)

    async def _join(self) -> None:
        """Catch up to where the live ones stand, and stand beside them before they move on."""
        joined = False
        while not joined:
            async with held(self._redis, self._layout):
                await self._filling.catch_up(self._progress, self._pace)
                with unless_moved():
                    await self._companions.join(self._build, self._name, self._confirm)
                    joined = True
            if not joined:
                await self._approach()
        await self._progress.caught_up()

    async def _compare(self) -> None:
        """Raises RebuildDiffers unless the new generation is the live one, byte by byte."""
        live = (await self._generations.of(self._layout.live)).get(self._name)
        new = await self._generations.companion(self._name, "next")
        if live is None or live.is_vacant or new is None:
            return
        copies = [
            Copy(self._name, each.number, await self._generations.shape(self._name, each.number))
            for each in (live, new)
        ]
        odd: dict[str, None] = {}
        async with aclosing(compare(self._redis, self._layout, copies[0], copies[1])) as pieces:
            begun = time.monotonic()
            async for piece in pieces:
                odd |= dict.fromkeys(piece.odd)
                await self._progress.compared(piece.rows)
                await self._pace.rest(0, time.monotonic() - begun)
                begun = time.monotonic()
        await self._progress.compared(0, at_end=True)
        if odd:
            raise RebuildDiffers(self._name, sorted(odd)[:MOST_DIFFERENCES])

    async def _switch(self) -> None:
        """The job ends with the step in which readers see what it made."""
        switched = False
        while not switched:
            ended: list[Job] = []

            async def confirm(step: RedisPipeline, new: Generation | None) -> None:
                ended[:] = [await self._confirm(step, new)]  # noqa: B023 - asked within this turn

            def finish(step: RedisPipeline) -> None:
                self._jobs.queue(step, ended[0].ended("done"))  # noqa: B023 - as above
                self._fence.queue_lifting(step)

            with unless_moved():
                await self._companions.promote(
                    self._name, "next", keep=self._options.keep, confirm=confirm, finish=finish
                )
                switched = True

    async def _confirm(self, step: RedisPipeline, new: Generation | None) -> Job:
        """The lease may be lost, the job be no more, the collection be dropped and declared anew."""
        await self._fence.check(step)
        job = await self._jobs.watch(step, self._name)
        if job is None or not self._job.is_still(job):
            raise RebuildInterrupted(self._name)
        if new is None or new.incarnation != (await self._blueprint()).incarnation:
            raise CheckpointUnusable
        return job

"""Steering rebuilds: what an operator may want of one, or of what it left."""

from collections.abc import Callable
from contextlib import suppress

from projections.builds import Builds
from projections.client import RedisClient, RedisPipeline
from projections.companions import Companions, Confirm
from projections.errors import NoRebuildRuns, NothingKept, RebuildRunning
from projections.generation import Generation, Role
from projections.generations import Generations
from projections.guarded import unless_moved
from projections.jobs import Job, Jobs
from projections.layout import Layout


class Steering:
    """Pauses, resumes, cancels; goes back to the generation before. Every method raises ProjectionAway.

    What is named, a rebuild by when it was `asked_at`, a generation by its number, is steered alone, and what
    was done to it is not done again; without a name it is whatever there is.
    """

    def __init__(self, redis: RedisClient, layout: Layout, log: str, partitions: int) -> None:
        """log: the id of the log that is projected."""
        self._layout = layout
        self._jobs = Jobs(redis, layout)
        self._builds = Builds(redis, layout, log, partitions)
        self._generations = Generations(redis, layout, log, partitions)
        self._companions = Companions(redis, layout, partitions)

    async def pause(self, collection: str, asked_at: float | None = None) -> Job:
        """Let a rebuild rest where it is. Raises NoRebuildRuns."""
        return await self._change(collection, asked_at, _paused)

    async def resume(self, collection: str, asked_at: float | None = None) -> Job:
        """Let a rebuild that was paused go on. Raises NoRebuildRuns."""
        return await self._change(collection, asked_at, _resumed)

    async def cancel(self, collection: str, asked_at: float | None = None) -> Job:
        """End a rebuild, and free what it made. Raises NoRebuildRuns."""
        job = (await self._jobs.all()).get(collection)
        if job is None or job.asked_at != asked_at or job.state != "cancelled":
            job = await self._change(collection, asked_at, _cancelled)
        await self.clear(collection)
        return job

    async def rollback(self, collection: str, number: int | None = None) -> Generation:
        """Make the generation that is kept the live one, at once; what was live is kept instead.

        The last job says that it was rolled back, so that nobody rebuilds what was just taken back.
        Raises: NothingKept.
        """
        chosen: list[Generation] = []
        live = (await self._generations.of(self._layout.live)).get(collection)
        if live is not None and live.number == number:
            return live

        async def confirm(step: RedisPipeline, kept: Generation | None) -> None:
            if kept is None or number not in (None, kept.number):
                raise NothingKept(collection)
            job = await self._jobs.watch(step, collection)
            chosen[:], rolled[:] = [kept], [job] if job is not None and not job.is_open else []

        def finish(step: RedisPipeline) -> None:
            for job in rolled:
                self._jobs.queue(step, job.ended("rolled_back"))

        rolled: list[Job] = []
        switched = False
        while not switched:
            with unless_moved():
                await self._companions.promote(collection, "kept", keep=True, confirm=confirm, finish=finish)
                switched = True
        return chosen[0]

    async def forget(self, collection: str, number: int | None = None) -> None:
        """Free the generation that is kept. Raises NothingKept."""
        there = await self._generations.companion(collection, "kept")
        if number and (there is None or there.number != number):
            return

        async def confirm(_: RedisPipeline, kept: Generation | None) -> None:
            if kept is None:
                raise NothingKept(collection)

        await self._free(collection, "kept", confirm)

    async def clear(self, collection: str) -> None:
        """Free what a rebuild made that has ended without a result."""
        build = self._layout.build(collection)
        written = await self._generations.written(build)
        if any(written.values()):
            with unless_moved():
                await self._builds.forget(build, written)
        if await self._generations.companion(collection, "next") is not None:
            with suppress(RebuildRunning):
                await self._free(collection, "next", self._is_over(collection))

    async def _free(self, collection: str, role: Role, confirm: Confirm) -> None:
        freed = False
        while not freed:
            with unless_moved():
                await self._companions.free(collection, role, confirm)
                freed = True

    def _is_over(self, collection: str) -> Confirm:
        async def confirm(step: RedisPipeline, _: Generation | None) -> None:
            job = await self._jobs.watch(step, collection)
            if job is not None and job.is_open:
                raise RebuildRunning(collection)

        return confirm

    async def _change(self, collection: str, asked_at: float | None, change: Callable[[Job], Job]) -> Job:
        def changing(job: Job | None) -> Job:
            if job is None or not job.is_open or asked_at not in (None, job.asked_at):
                raise NoRebuildRuns(collection)
            return change(job)

        return await self._jobs.change(collection, changing, tell=True)


def _paused(job: Job) -> Job:
    return job.but(state="paused", commits_per_second=None)


def _resumed(job: Job) -> Job:
    return job.but(state="queued") if job.state == "paused" else job


def _cancelled(job: Job) -> Job:
    return job.ended("cancelled")

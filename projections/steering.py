"""Steering rebuilds: what an operator may want of one, or of what it left."""

from collections.abc import Callable
from contextlib import suppress

from redis.exceptions import RedisError

from projections.builds import Builds
from projections.client import RedisClient, RedisPipeline
from projections.companions import Companions, Confirm
from projections.errors import CheckpointMoved, NoRebuildRuns, NothingKept, ProjectionAway, RebuildRunning
from projections.generation import Generation, Role
from projections.generations import Generations
from projections.guarded import unless_moved
from projections.jobs import Job, Jobs
from projections.layout import Layout


class Steering:
    """Pauses, resumes, cancels; goes back to the generation before. Every method raises ProjectionAway.

    What is named, a rebuild by when it was `asked_at`, a generation by its number, is steered alone; without a
    name it is whatever there is. What is named is cancelled, forgotten and rolled back to once, whatever others
    did since; it is paused and resumed as often as that is asked.
    """

    def __init__(self, redis: RedisClient, layout: Layout, log: str, partitions: int) -> None:
        """log: the id of the log that is projected."""
        self._redis = redis
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

    async def rollback(
        self, collection: str, number: int | None = None, count: int | None = None
    ) -> Generation:
        """Make the generation that is kept the live one, at once; what was live is kept instead.

        The last job says that it was rolled back, so that nobody rebuilds what was just taken back.
        number: of the generation that is kept; VACANT where none was.
        count:  of `rollbacks`; where there were more by now, it is done or overtaken, and nothing changes.
        Answers the live generation. Raises: NothingKept.
        """
        rolled: list[Job] = []

        async def confirm(step: RedisPipeline, kept: Generation | None) -> None:
            await step.watch(self._layout.rollbacks)
            if number and count not in (None, int(await step.hget(self._layout.rollbacks, collection) or 0)):
                raise CheckpointMoved
            if kept is None or number not in (None, kept.number):
                raise NothingKept(collection)
            job = await self._jobs.watch(step, collection)
            chosen[:], rolled[:] = [kept], [job] if job is not None and not job.is_open else []

        def finish(step: RedisPipeline) -> None:
            step.hincrby(self._layout.rollbacks, collection, 1)
            for job in rolled:
                self._jobs.queue(step, job.ended("rolled_back"))

        while True:
            chosen: list[Generation] = []
            if number and count not in (None, await self.rollbacks(collection)):
                return await self._live(collection)
            with unless_moved():
                await self._companions.promote(collection, "kept", keep=True, confirm=confirm, finish=finish)
                return chosen[0]

    async def rollbacks(self, collection: str) -> int:
        """How often a collection was rolled back."""
        try:
            return int(await self._redis.hget(self._layout.rollbacks, collection) or 0)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error

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

    async def _live(self, collection: str) -> Generation:
        live = (await self._generations.of(self._layout.live)).get(collection)
        if live is None:
            raise NothingKept(collection)
        return live

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

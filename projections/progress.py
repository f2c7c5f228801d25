"""Progress of a rebuild, told to whoever follows it; and hearing what an operator wants of it."""

import time

from projections.errors import RebuildInterrupted
from projections.fence import Fence
from projections.jobs import Job, Jobs

TELL_EVERY = 0.25


class Progress:
    """How far one job is, for as long as its lease is ours.

    trouble: what is told with it, from the next time that something is told.
    """

    def __init__(self, jobs: Jobs, job: Job, fence: Fence) -> None:
        self._jobs = jobs
        self._job = job
        self._fence = fence
        self._begun = self._told = time.monotonic()
        self._done = self._done_before = self._compared = 0
        self.trouble: str | None = None

    async def begin(self, done: int) -> None:
        """Say that the work begins, or goes on, where `done` commits are done. Raises as `tell`."""
        self._begun = self._told = time.monotonic()
        self._done = self._done_before = done
        await self._change(state="running", done=done, started_at=time.time())

    async def expect(self, total: int) -> None:
        """Say how many commits there are to do. Raises as `tell`."""
        await self._change(total=total)

    async def tell(self, commits: int, total: int | None = None) -> None:
        """Count so many commits more, and say so now and then; at once where there is a new total.

        Raises: RebuildInterrupted: it was paused, cancelled or lost; CheckpointMoved: the lease is lost;
                ProjectionAway.
        """
        self._done += commits
        now = time.monotonic()
        if now - self._told >= TELL_EVERY or total is not None:
            self._told = now
            rate = (self._done - self._done_before) / (now - self._begun)
            expected = {} if total is None else {"total": total}
            await self._change(done=self._done, commits_per_second=round(rate, 1), **expected)

    async def caught_up(self) -> None:
        """Say that all there was to do is done. Raises as `tell`."""
        self.trouble = None
        await self._change(done=self._done, total=self._done)

    async def compared(self, rows: int, *, at_end: bool = False) -> None:
        """Count so many rows more that were compared. Raises as `tell`."""
        self._compared += rows
        now = time.monotonic()
        if at_end or now - self._told >= TELL_EVERY:
            self._told = now
            await self._change(compared=self._compared)

    async def _change(self, **changed: object) -> None:
        def changing(job: Job | None) -> Job:
            if job is None or not self._job.is_still(job):
                raise RebuildInterrupted(self._job.collection)
            kept = {"started_at": job.started_at} if job.started_at is not None else {}
            return job.but(**{"trouble": self.trouble, **changed, **kept}).consistent()

        await self._jobs.change(self._job.collection, changing, fence=self._fence)

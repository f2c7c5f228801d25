"""A team: fillers in processes of their own, under the lease of one rebuild."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from contextlib import suppress

from events.background import end
from events.log import EventLog
from events.position import Position, beginning
from projections.checkpoint import Checkpoint, read_checkpoint
from projections.client import RedisClient
from projections.errors import CheckpointMoved, ProjectionAway
from projections.fence import Fence
from projections.generations import Generations
from projections.jobs import Options
from projections.layout import Layout
from projections.progress import Progress
from projections.ranges import Ranges

LOOK_EVERY = 0.25
GRACE = 2.0

DONE, AGAIN = 0, 75
"""Exit codes of a filler: its range is filled; nothing is lost, and it may go on later. Else it failed."""

Start = Callable[[str, int, Fence, int | None], Awaitable[Process]]
"""Starts a process that fills a range of a collection, at most so many commits/s, until it ends or we do.

It says on its standard output why it ended, if not well.
"""


class FillerFailed(Exception):
    """A process that filled a range failed: so does the rebuild."""


class Team:
    """Fills a build with several processes, up to where the live projections stood when they began."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        collection: str,
        options: Options,
        start: Start,
    ) -> None:
        build = layout.build(collection)
        self._log = log
        self._live = layout.live
        self._build = build
        self._collection = collection
        self._options = options
        self._start = start
        self._ranges = Ranges(redis, build, log)
        self._generations = Generations(redis, layout, log.id, log.partitions)

    async def fill(self, fence: Fence, progress: Progress) -> None:
        """Returns when the ranges are filled, and the build stands where they end; at once where it is not cut.

        Raises: LogUnavailable, ProjectionAway, LeaseLost, CheckpointMoved, RebuildInterrupted, FillerFailed.
        """
        if await self._is_at_its_beginning() and not await self._ranges.all():
            await self._ranges.cut(self._collection, self._options.workers, await self._stands(), fence)
        ranges = await self._ranges.all()
        if not ranges:
            return
        rate = self._options.max_rate and max(1, self._options.max_rate // len(ranges))
        left = [number for number, each in enumerate(ranges) if not each.ended]
        processes: list[Process] = []
        try:
            for number in left:
                processes.append(await self._start(self._collection, number, fence, rate))
            await self._follow(processes, progress)
        finally:
            await _end(processes)
        await self._ranges.merge(fence)

    async def _follow(self, processes: list[Process], progress: Progress) -> None:
        """Tell how far they are until they have ended well."""
        before = await self._done()
        while running := [process for process in processes if process.returncode is None]:
            await _until_one_ends(running, LOOK_EVERY)
            now = await self._done()
            await progress.tell(now - before)
            before = now
            for process in processes:
                await _check(process)

    async def _done(self) -> int:
        return sum(each.done for each in await self._ranges.all())

    async def _stands(self) -> list[Position]:
        """Where the live projections stand. Raises CheckpointMoved where they do not."""
        found = [read_checkpoint(each) for each in (await self._generations.written(self._live)).values()]
        stands = [each.position for each in found if each is not None and each.log == self._log.id]
        if len(stands) < len(found):
            raise CheckpointMoved
        return stands

    async def _is_at_its_beginning(self) -> bool:
        written = await self._generations.written(self._build)
        return written == {part: Checkpoint(self._log.id, beginning(part)).write() for part in written}


async def _check(process: Process) -> None:
    """Raises ProjectionAway where it may go on later, FillerFailed where it failed."""
    if process.returncode in (None, DONE):
        return
    said = b"" if process.stdout is None else await process.stdout.read()
    reason = said.decode(errors="replace").strip() or f"exit code {process.returncode}"
    if process.returncode in (AGAIN, -signal.SIGKILL, -signal.SIGTERM):
        raise ProjectionAway(f"a process that fills a range ended: {reason}")
    raise FillerFailed(reason)


async def _end(processes: list[Process]) -> None:
    """End those that still run; who does not end in time is killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        running = [process for process in processes if process.returncode is None]
        for process in running:
            with suppress(ProcessLookupError):
                process.send_signal(number)
        await asyncio.gather(*(_until_one_ends([process], GRACE) for process in running))


async def _until_one_ends(processes: list[Process], patience: float) -> None:
    waits = [asyncio.create_task(process.wait()) for process in processes]
    await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    await end(waits)

"""A team: this process and others beside it fill a build range by range, under the lease of one rebuild.

There are more ranges than workers, the large ones first, and who has filled one takes the next: none waits long
for another, also where one of them started late, or has the documents with the longest histories. Each of them
fills two at a time, so that it has something to do while Redis works for it.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from catalog.catalog import Catalog
from events.background import Background
from events.log import EventLog
from events.position import Position, beginning
from projections.checkpoint import Checkpoint, read_checkpoint
from projections.client import RedisClient
from projections.errors import CheckpointMoved
from projections.expected import Expected
from projections.fence import Fence
from projections.filler import Filler
from projections.generations import Generations
from projections.jobs import Job
from projections.layout import RANGES_AT_ONCE, SHARES, Layout
from projections.progress import Progress
from projections.ranges import Ranges

LOOK_EVERY = 0.25

Fill = Callable[[int], Awaitable[None]]
"""Fills a range of a build, by its number, also several at a time. Raises as Filler.fill, and FillerFailed."""

Start = Callable[[str, Fence, int | None], AbstractAsyncContextManager[Fill]]
"""Starts a process that fills ranges of a collection, each at most at so many commits/s, for a block."""


class FillerFailed(Exception):
    """A process that filled a range failed: so does the rebuild."""


class Team:
    """Fills a build with several processes, up to where the live projections stood when they began."""

    def __init__(
        self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog, job: Job, start: Start
    ) -> None:
        """start: starts the processes beside this one."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._collection = job.collection
        self._options = job.options
        self._start = start
        self._build = layout.build(job.collection)
        self._ranges = Ranges(redis, self._build, log)
        self._generations = Generations(redis, layout, log.id, log.partitions)

    async def fill(self, fence: Fence, progress: Progress, expected: Expected) -> None:
        """Returns when the ranges are filled, and the build stands where they end; at once where it is not cut.

        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway, LeaseLost, CheckpointMoved,
                RebuildInterrupted, FillerFailed.
        """
        if await self._is_at_its_beginning() and not await self._ranges.all():
            shares = [share for share in SHARES for _ in range(self._options.workers * RANGES_AT_ONCE)]
            await self._ranges.cut(self._collection, shares, await self._stands(), fence)
        ranges = await self._ranges.all()
        if ranges:
            left = deque(number for number, each in enumerate(ranges) if not each.ended)
            before = await self._done()
            async with Background() as crew:
                self._share(left, fence, crew)
                await self._follow(crew, before, progress, expected)
            await self._ranges.merge(fence)

    def _share(self, left: deque[int], fence: Fence, crew: Background) -> None:
        workers = max(1, min(self._options.workers, len(left)))
        rate = self._options.max_rate and max(1, self._options.max_rate // (workers * RANGES_AT_ONCE))
        stores = (self._redis, self._layout, self._log, self._catalog)
        for _ in range(RANGES_AT_ONCE):
            filler = Filler(*stores, self._collection, fence, rate)
            crew.start(_fill(left, filler.fill), "filler")
        for _ in range(workers - 1):
            crew.start(self._fill_beside(left, fence, rate), "filler beside")

    async def _fill_beside(self, left: deque[int], fence: Fence, rate: int | None) -> None:
        async with self._start(self._collection, fence, rate) as fill, Background() as ranges:
            for _ in range(RANGES_AT_ONCE):
                ranges.start(_fill(left, fill), "range beside")
            await ranges.wait()

    async def _follow(self, crew: Background, before: int, progress: Progress, expected: Expected) -> None:
        """Tell how far they are until they have ended well."""
        ended = False
        while not ended:
            ended = await crew.ended(LOOK_EVERY)
            now = await self._done()
            await progress.tell(now - before, await expected.look())
            before = now

    async def _done(self) -> int:
        return sum(each.done for each in await self._ranges.all())

    async def _stands(self) -> list[Position]:
        """Where the live projections stand. Raises CheckpointMoved where they do not."""
        found = [
            read_checkpoint(each) for each in (await self._generations.written(self._layout.live)).values()
        ]
        stands = [each.position for each in found if each is not None and each.log == self._log.id]
        if len(stands) < len(found):
            raise CheckpointMoved
        return stands

    async def _is_at_its_beginning(self) -> bool:
        written = await self._generations.written(self._build)
        return written == {part: Checkpoint(self._log.id, beginning(part)).write() for part in written}


async def _fill(left: deque[int], fill: Fill) -> None:
    while left:
        await fill(left.popleft())

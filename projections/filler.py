"""A filler: one of several processes that fill a build together, each another range of documents."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing

from redis.exceptions import RedisError

from catalog.catalog import Catalog
from events.background import end
from events.commit import Commit
from events.extent import Place, Stretch
from events.log import EventLog
from events.position import Position, StreamName, Version
from projections.changes import Changes, queue_changes, tell_parked, work_out
from projections.client import RedisClient, RedisPipeline
from projections.errors import LeaseLost, StepTooLarge
from projections.fence import Fence
from projections.generation import Copy, read_generations
from projections.guarded import away, guarded, unless_moved
from projections.lag import Lag
from projections.layout import Layout
from projections.pace import Pace
from projections.ranges import Range
from projections.shapes import Shapes
from projections.step import Steps
from projections.turn import Turn

PAGE = 2000


class Filler:
    """Fills ranges of one build, one after the other."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        collection: str,
        fence: Fence,
        max_rate: int | None,
    ) -> None:
        """fence: of the lease on the rebuild. max_rate: commits/s at most."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._collection = collection
        self._fence = fence
        self._build = layout.build(collection)
        self._shapes = Shapes(layout)
        self._turn = Turn(redis, f"{self._build.base}:turn")
        live = Steps(redis, layout, layout.live, log, catalog)
        self._pace = Pace(Lag(log, live), max_rate)

    async def fill(self, number: int) -> None:
        """Returns when the range of that number is filled; goes on where an earlier attempt was.

        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway: nothing is lost, do it again.
                LeaseLost: others work on it, or it is no more.
        """
        key = self._build.ranges[number]
        try:
            at = await _range(self._redis, key)
        except (RedisError, OSError) as error:
            raise away(error) from error
        async with aclosing(self._stretches(at)) as stretches:
            async for stretch in stretches:
                for piece in self._pieces(stretch):
                    begun = time.monotonic()
                    at = await self._apply(key, at, piece)
                    await self._pace.rest(len(piece.commits), time.monotonic() - begun)

    async def _stretches(self, at: Range) -> AsyncGenerator[Stretch, None]:
        """The pages that are left; the next one is fetched while one is worked on. The last one is empty."""
        extent = at.extent(self._collection)

        def fetch(after: Place | None) -> "asyncio.Task[Stretch]":
            return asyncio.create_task(self._log.read_extent(extent, after=after, limit=PAGE), name="stretch")

        after = None if at.after is None else Place(StreamName(at.after[0]), Version(at.after[1]))
        ahead = None if at.ended else fetch(after)
        try:
            while ahead is not None:
                stretch = await ahead
                ahead = None if stretch.end is None else fetch(stretch.end)
                yield stretch
        finally:
            await end([] if ahead is None else [ahead])

    def _pieces(self, stretch: Stretch) -> Iterator[Stretch]:
        """A page in slices of the size that suits; the last one ends where the page does."""
        if not stretch.commits:
            yield stretch
        for piece in self._pace.slices(stretch.commits):
            ends = stretch.end if piece[-1] is stretch.commits[-1] else _behind(piece)
            yield Stretch(list(piece), ends)

    async def _apply(self, key: str, at: Range, piece: Stretch) -> Range:
        """Apply a piece in one step, or in several where it changes more than one should hold."""
        while True:
            try:
                return await self._take(key, at, piece)
            except StepTooLarge as large:
                fitting, left = map(list, large.cut(piece.commits))
                at = await self._apply(key, at, Stretch(fitting, _behind(fitting)))
                piece = Stretch(left, piece.end)

    async def _take(self, key: str, at: Range, piece: Stretch) -> Range:
        """Apply a piece, and move the checkpoint of the range behind it, in one step."""
        following = at.went(piece.end, len(piece.commits))
        taken = False
        while not taken:
            with unless_moved():
                async with self._turn, guarded(self._redis, key, self._build.generations) as step:
                    await self._fence.check(step)
                    if await _range(step, key) != at:
                        raise LeaseLost
                    changes = await self._queue(step, piece.commits)
                    step.set(key, following.model_dump_json())
                tell_parked(changes)
                taken = True
        return following

    async def _queue(self, step: RedisPipeline, commits: Sequence[Commit]) -> Changes:
        copy = await self._copy(step)
        left = self._log.skips.left(commits)
        floor = Position(self._catalog.floor(self._collection, 0))
        changes = await work_out(step, self._layout, copy, left, floor, turn=self._turn.take)
        step.multi()
        queue_changes(step, self._layout, changes)
        return changes

    async def _copy(self, step: RedisPipeline) -> Copy:
        found = read_generations(await step.hgetall(self._build.generations)).get(self._collection)
        if found is None:
            raise LeaseLost
        return Copy(self._collection, found.number, await self._shapes.of(step, self._collection, found.number))


def _behind(commits: Sequence[Commit]) -> Place:
    return Place(commits[-1].stream, commits[-1].version)


async def _range(redis: RedisClient | RedisPipeline, key: str) -> Range:
    written = await redis.get(key)
    if written is None:
        raise LeaseLost
    return Range.model_validate_json(written)

"""Bringing up: filling Redis from the beginning of the log when there is nothing in it to go on from.

Redis was lost, or holds the checkpoint of another log or of this log's lost future. Readers are told that the
projections are behind until everything is there; then they see all of it at once. A bring-up that was
interrupted goes on where it was.
"""

from collections.abc import Mapping
from contextlib import aclosing

import structlog

from catalog.catalog import Catalog
from events.log import EventLog
from events.position import Position
from projections.batches import batches, check_order
from projections.builds import Builds
from projections.client import RedisClient
from projections.errors import CheckpointMoved
from projections.fence import Fence
from projections.generation import Generation
from projections.generations import Generations
from projections.jobs import Jobs
from projections.layout import Layout
from projections.outdated import outdated
from projections.step import Steps
from projections.usable import are_usable

_log = structlog.get_logger(__name__)

EVERYTHING = "*"


class BringUp:
    """Builds every projection anew, then makes them all live in one step."""

    def __init__(self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog) -> None:
        self._log = log
        self._layout = layout
        self._catalog = catalog
        self._live = layout.live
        self._build = layout.build(EVERYTHING)
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._builds = Builds(redis, layout, log.id, log.partitions)
        self._steps = Steps(redis, layout, self._build, log, catalog)
        self._jobs = Jobs(redis, layout)

    async def needed(self) -> bool:
        """Whether the live checkpoints are missing, of another log, or beyond the head of this one."""
        return not await are_usable(self._log, await self._generations.written(self._live))

    async def run(self, fence: Fence) -> None:
        """Returns when the live projections stand close to the head of the log.

        fence: of the lease that it is done under; the step that ends it lifts it.
        Raises: LogUnavailable, CatalogUnavailable, ProjectionAway, UnknownEvent, LogDamaged;
                CheckpointMoved: another projector was at it.
        """
        seen = await self._generations.written(self._live)
        if await are_usable(self._log, seen):
            return
        _log.info("bringing up all projections from the beginning of the log")
        await self._builds.forget(self._live, seen)
        await self._forget_rebuilds()
        if not await self._is_resumable():
            await self._builds.start(self._build, {}, fence)
        stands = {partition: await self._fill(partition) for partition in range(self._log.partitions)}
        await self._builds.join_all(self._build, stands, self._confirm, fence)
        _log.info("all projections are live")

    async def clear(self) -> None:
        """Free what a bring-up left that another one overtook."""
        written = await self._generations.written(self._build)
        if any(written.values()):
            await self._builds.forget(self._build, written)

    async def _forget_rebuilds(self) -> None:
        """What they stand on may be lost with the rest; they begin anew."""
        for collection in await self._jobs.all():
            build = self._layout.build(collection)
            await self._builds.forget(build, await self._generations.written(build))

    async def _is_resumable(self) -> bool:
        if not await are_usable(self._log, await self._generations.written(self._build)):
            return False
        return not await self._outdated(await self._generations.of(self._build))

    async def _fill(self, partition: int) -> Position:
        after = await self._steps.position(partition)
        head = await self._log.head(partition)
        async with aclosing(batches(self._log, after=after, until=head)) as found:
            async for commits in found:
                check_order(commits, after)
                await self._steps.apply(commits, after, commits[-1].position)
                after = commits[-1].position
        return after

    async def _confirm(self, built: Mapping[str, Generation]) -> None:
        if await self._outdated(built):
            raise CheckpointMoved

    async def _outdated(self, built: Mapping[str, Generation]) -> list[str]:
        return await outdated(self._catalog, built, self._log.partitions)

"""Housekeeping: no generation outlives its collection, and each comes to keep what is declared.

A drop may not have reached Redis; a declaration may have changed since a generation was started.
"""

import time
from collections.abc import Mapping
from contextlib import suppress

import structlog

from catalog.catalog import Catalog
from catalog.declared import Declared
from catalog.errors import CatalogUnavailable
from events.log import EventLog
from projections.client import RedisClient
from projections.errors import RebuildRunning
from projections.generation import Generation, incarnation
from projections.generations import Generations
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.outdated import outdated
from projections.parking import Parking
from projections.shape import shape_of

_log = structlog.get_logger(__name__)

AGAIN_AFTER = 30.0
"""Seconds after which a rebuild that failed is tried again."""


class Housekeeping:
    """Compares the live generations with the catalog, and sets right what does not fit."""

    def __init__(self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog) -> None:
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._jobs = Jobs(redis, layout)
        self._parking = Parking(redis, layout, log, catalog)

    async def run(self) -> None:
        """Once over everything. Raises CatalogUnavailable, LogUnavailable, ProjectionAway.

        A collection that was dropped loses its rows. One that was declared anew loses those of its earlier
        incarnation, has nothing to read for a while, and is rebuilt. One that is declared with other indexes
        or views than its generation keeps is rebuilt too, and is read meanwhile as it is; where a generation
        is kept for a rollback, one still is when that is done. Documents that were parked a moment ago are
        tried again.
        """
        live = await self._generations.of(self._layout.live)
        for name in await outdated(self._catalog, live, self._log.partitions):
            _log.warning("rows of an earlier collection of this name go", collection=name)
            await self._generations.retire(name, incarnation(self._catalog, name, self._log.partitions))
        jobs, kept = await self._jobs.all(), await self._generations.kept()
        for name, generation in (await self._generations.of(self._layout.live)).items():
            if await self._is_dropped(name):
                await self._generations.discard(name)
            elif generation.is_vacant or await self._is_to_change(name, generation, jobs):
                with suppress(RebuildRunning):
                    await self._jobs.ask(name, {"keep": name in kept})
        await self._parking.retry_young()

    async def _is_to_change(self, name: str, generation: Generation, jobs: Mapping[str, Job]) -> bool:
        """Whether it keeps something else than is declared, and a rebuild is not ruled out."""
        declared = self._catalog.get(name)
        if declared is None or not _may_rebuild(declared, jobs.get(name)):
            return False
        kept = await self._generations.shape(name, generation.number)
        return not kept.is_same(shape_of(declared))

    async def _is_dropped(self, collection: str) -> bool:
        """Whether it is certainly dropped. A newer foldbase may have declared what this one can not read."""
        if self._catalog.get(collection) is not None:
            return False
        with suppress(CatalogUnavailable):
            return not await self._catalog.exists_now(collection)
        return False


def _may_rebuild(declared: Declared, last: Job | None) -> bool:
    """A rebuild that failed is tried again later, one that somebody ended not before the next declaration."""
    if last is None or last.finished_at is None or last.state == "done":
        return True
    if last.finished_at < declared.updated_at.timestamp():
        return True
    return last.state == "failed" and time.time() - last.finished_at > AGAIN_AFTER

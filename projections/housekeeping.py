"""Housekeeping: no generation outlives its collection, also where Redis could not be told of a drop."""

from contextlib import suppress

import structlog

from catalog.catalog import Catalog
from catalog.errors import CatalogUnavailable
from events.log import EventLog
from projections.client import RedisClient
from projections.errors import RebuildRunning
from projections.generation import incarnation
from projections.generations import Generations
from projections.jobs import Jobs
from projections.layout import Layout
from projections.outdated import outdated

_log = structlog.get_logger(__name__)


class Housekeeping:
    """Compares the live generations with the catalog, and sets right what does not fit."""

    def __init__(self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog) -> None:
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._jobs = Jobs(redis, layout)

    async def run(self) -> None:
        """Once over everything. Raises CatalogUnavailable, ProjectionAway.

        A collection that was dropped loses its rows. One that was declared anew loses those of its earlier
        incarnation, has nothing to read for a while, and is rebuilt.
        """
        live = await self._generations.of(self._layout.live)
        for name in await outdated(self._catalog, live, self._log.partitions):
            _log.warning("rows of an earlier collection of this name go", collection=name)
            await self._generations.retire(name, incarnation(self._catalog, name, self._log.partitions))
        for name, generation in (await self._generations.of(self._layout.live)).items():
            if await self._is_dropped(name):
                await self._generations.discard(name)
            elif generation.is_vacant:
                with suppress(RebuildRunning):
                    await self._jobs.ask(name)

    async def _is_dropped(self, collection: str) -> bool:
        """Whether it is certainly dropped. A newer foldbase may have declared what this one can not read."""
        if self._catalog.get(collection) is not None:
            return False
        with suppress(CatalogUnavailable):
            return not await self._catalog.exists_now(collection)
        return False

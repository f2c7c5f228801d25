"""How many commits a build is to apply: those that the live projections have applied, more and more of them."""

import time

from events.log import EventLog
from events.position import Position
from projections.step import Steps

LOOK_EVERY = 1.0


class Expected:
    """Counts the commits of one collection up to where the live projections stand."""

    def __init__(self, log: EventLog, collection: str, live: Steps) -> None:
        self._log = log
        self._collection = collection
        self._live = live
        self._counted: dict[int, Position] = {}
        self._total = 0
        self._looked: float | None = None

    async def count(self) -> int:
        """All of them; it takes a while. Raises LogUnavailable, ProjectionAway, CheckpointMoved."""
        self._counted = await self._stands()
        self._total = await self._log.count_upto(self._counted, self._collection)
        self._looked = time.monotonic()
        return self._total

    async def look(self) -> int | None:
        """All of them as of now, counted on from the time before; None before they were counted, or just after.

        Cheap enough to ask after each slice. Raises as `count`.
        """
        if self._looked is None or time.monotonic() - self._looked < LOOK_EVERY:
            return None
        await self._count_on()
        return self._total

    async def _count_on(self) -> None:
        for partition, until in (await self._stands()).items():
            after = self._counted[partition]
            if until > after:
                self._total += await self._log.count(after=after, until=until, collection=self._collection)
                self._counted[partition] = until
        self._looked = time.monotonic()

    async def _stands(self) -> dict[int, Position]:
        return {partition: await self._live.position(partition) for partition in range(self._log.partitions)}

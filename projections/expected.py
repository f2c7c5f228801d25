"""How many commits a build is to apply: those that the live projections have applied, more and more of them."""

import time

from events.log import EventLog
from events.position import Position, beginning
from projections.step import Steps

LOOK_EVERY = 1.0


class Expected:
    """Counts the commits of one collection up to where the live projections stand."""

    def __init__(self, log: EventLog, collection: str, live: Steps) -> None:
        self._log = log
        self._collection = collection
        self._live = live
        self._counted = {partition: beginning(partition) for partition in range(log.partitions)}
        self._total = 0
        self._looked: float | None = None

    async def count(self) -> int:
        """All of them; it takes a while. Raises LogUnavailable, ProjectionAway, CheckpointMoved."""
        await self._count_on()
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
        for partition, after in self._counted.items():
            until: Position = await self._live.position(partition)
            if until > after:
                self._total += await self._log.count(after=after, until=until, collection=self._collection)
                self._counted[partition] = until
        self._looked = time.monotonic()

"""How late the live projections are."""

import time
from itertools import count

from events.log import EventLog
from projections.step import Steps


class Lag:
    """Looks at one partition after the other: all of them would be much to ask of a log of many."""

    def __init__(self, log: EventLog, live: Steps) -> None:
        self._log = log
        self._live = live
        self._turn = count()

    async def __call__(self) -> float:
        """The age in seconds of the oldest commit that the next partition has not applied; 0 at its head.

        Raises: LogUnavailable, ProjectionAway; CheckpointMoved: the live ones stand nowhere.
        """
        partition = next(self._turn) % self._log.partitions
        checkpoint = await self._live.position(partition)
        behind = await self._log.read_partition(partition, after=checkpoint, limit=1)
        return max(0.0, time.time() - behind[0].at.timestamp()) if behind else 0.0

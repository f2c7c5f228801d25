"""Whether a build comes nearer to the live projections, or the log grows faster than it is filled."""

import time

from events.position import Position
from projections.checkpoint import read_checkpoint
from projections.errors import CheckpointMoved
from projections.generations import Generations
from projections.layout import Target

LOOK_EVERY = 2.5
PATIENCE = 3
"""How many looks in a row may find that no less is left, before it is called trouble."""


class Nearing:
    """Looks now and then at how much of the log lies between a build and the live projections."""

    def __init__(
        self, generations: Generations, log: str, build: Target, live: Target, max_rate: int | None
    ) -> None:
        """log: the id of the log that both are of; max_rate: commits/s that the build is held to."""
        self._generations = generations
        self._log = log
        self._build = build
        self._live = live
        self._trouble = _advice(max_rate)
        self._looked = time.monotonic()
        self._left: int | None = None
        self._in_vain = 0

    async def trouble(self) -> str | None:
        """Why it does not come nearer, and what to do; None while it does.

        Cheap enough to ask after each slice. Raises: ProjectionAway; CheckpointMoved: one stands nowhere.
        """
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            before, self._left = self._left, await self._distance()
            self._in_vain = self._in_vain + 1 if before is not None and self._left >= before > 0 else 0
        return self._trouble if self._in_vain >= PATIENCE else None

    async def _distance(self) -> int:
        return sum(await self._stands(self._live)) - sum(await self._stands(self._build))

    async def _stands(self, target: Target) -> list[Position]:
        found = [read_checkpoint(each) for each in (await self._generations.written(target)).values()]
        stands = [each.position for each in found if each is not None and each.log == self._log]
        if len(stands) < len(found):
            raise CheckpointMoved
        return stands


def _advice(max_rate: int | None) -> str:
    late = "the log grows as fast as this is filled"
    if max_rate is None:
        return f"{late}: it goes on, and ends when less is written or the machine has more to give"
    return (
        f"{late} at {max_rate:,} commits/s at most: it goes on, and ends when less is written; "
        "or cancel it, and rebuild with a higher --max-rate or none"
    )

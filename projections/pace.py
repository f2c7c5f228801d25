"""The pace of a rebuild: as fast as it may, and slower while what readers see is late because of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

from events.commit import Commit
from projections.batches import BATCH

SMALLEST = 64
LATE, VERY_LATE = 0.1, 0.25
LOOK_EVERY = 0.1
LONGEST_REST = 1.0
SLICES_A_SECOND = 4

Lag = Callable[[], Awaitable[float]]
"""How many seconds the live projections are behind."""


class Pace:
    """Cuts batches into slices, and rests between them."""

    def __init__(self, lag: Lag, max_rate: int | None = None) -> None:
        """max_rate: commits/s at most."""
        self._lag = lag
        self._rate = max_rate
        self._most = BATCH if max_rate is None else max(1, min(BATCH, max_rate // SLICES_A_SECOND))
        self._size = self._most
        self._due = self._looked = time.monotonic()

    def slices(self, commits: Sequence[Commit]) -> Iterator[Sequence[Commit]]:
        """The commits, in order, each piece of the size that suits at the moment it is asked for."""
        start = 0
        while start < len(commits):
            piece = commits[start : start + self._size]
            start += len(piece)
            yield piece

    async def rest(self, commits: int, took: float) -> None:
        """Rest after a slice of so many commits that took so many seconds."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            await self._yield(await self._lag(), took)
        if self._rate is not None:
            self._due = max(self._due, now - 1 / SLICES_A_SECOND) + commits / self._rate
            await asyncio.sleep(max(0.0, self._due - time.monotonic()))

    async def _yield(self, lag: float, took: float) -> None:
        """The later the live ones are, the smaller the slices, and the longer the rests between them."""
        if lag > LATE:
            self._size = max(self._size // 2, min(SMALLEST, self._most))
        else:
            self._size = min(self._size * 2, self._most)
        if lag > VERY_LATE:
            await asyncio.sleep(min(took * lag / VERY_LATE, LONGEST_REST))

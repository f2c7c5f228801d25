"""Pauses between attempts: short at first, each twice as long as the one before, up to half a second."""

import asyncio

SHORTEST, LONGEST = 0.001, 0.5


class Pauses:
    """The pauses of one undertaking."""

    def __init__(self) -> None:
        self._next = SHORTEST

    async def wait(self) -> None:
        """Wait before the next attempt."""
        pause, self._next = self._next, min(self._next * 2, LONGEST)
        await asyncio.sleep(pause)

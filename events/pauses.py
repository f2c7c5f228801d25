"""Pauses between attempts: short at first, each about twice as long as the one before, up to a longest."""

import asyncio
import random

SHORTEST, LONGEST = 0.001, 0.5


class Pauses:
    """The pauses of one undertaking."""

    def __init__(self, longest: float = LONGEST) -> None:
        """longest: seconds that no pause exceeds."""
        self._next = SHORTEST
        self._longest = longest

    async def wait(self) -> None:
        """Wait before the next attempt; two who are in each other's way hardly wait for the same time."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))

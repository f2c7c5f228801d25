"""The crowd: callers that append one thing after the other, and how long a batch waits for them.

Who is answered together comes back together, yet not at one moment: those of this process over some turns
of the event loop, those of another process later still. A batch that leaves too early is a small one, which
costs as much as a large one; and those who come from far then miss every other batch.
"""

import asyncio

from events.batch import MOST_BATCH, Waiting

CROWD = 32  # from so many callers at one time on, a batch waits by the clock
SHARE = 0.8  # of a crowd is enough
LINGER = 0.008  # seconds that a batch waits at most; about as long as MongoDB takes to store one
KEPT = 0.97  # of the size of a crowd, from batch to batch, where fewer come
IDLE_TURNS = 4


class Crowd:
    """How many callers one appender has. It grows at once and shrinks slowly: one small batch says little."""

    def __init__(self) -> None:
        self._size = 0

    def seen(self, callers: int) -> None:
        """Note how many were in a batch, or waited when it was stored."""
        self._size = max(callers, int(self._size * KEPT))

    async def gather(self, waiting: Waiting) -> None:
        """Let those come who are on their way: a large share of a crowd, within 8 ms.

        Of fewer callers, not by the clock, but only while each turn of the event loop brings more.
        """
        if self._size < CROWD:
            await _brought(waiting)
        else:
            await waiting.reach(min(int(self._size * SHARE), MOST_BATCH), within=LINGER)


async def _brought(waiting: Waiting) -> None:
    count, idle = len(waiting), 0
    while idle < IDLE_TURNS and count < MOST_BATCH:
        await asyncio.sleep(0)
        grown = len(waiting)
        idle = idle + 1 if grown == count else 0
        count = grown

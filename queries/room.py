"""Room for answers: how many bytes of them may be under way at one time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from queries.errors import ReadUnavailable


class Room:
    """Who finds no room waits, and gets it in the order of asking."""

    def __init__(self, size: int, patience: float = 2.0) -> None:
        """size: bytes. patience: seconds that anybody waits."""
        self._size = self._left = size
        self._patience = patience
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def of(self, size: int) -> AsyncIterator[None]:
        """Room for so many bytes while the block runs; for all there are, where more are asked for.

        Raises ReadUnavailable where none comes.
        """
        size = min(size, self._size)
        if self._waiting or size > self._left:
            await self._turn(size)
        else:
            self._left -= size
        try:
            yield
        finally:
            self._give(size)

    async def _turn(self, size: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            async with asyncio.timeout(self._patience):
                await self._come(turn, size)
        except TimeoutError:
            raise ReadUnavailable("too much is being looked through without an index") from None

    async def _come(self, turn: "asyncio.Future[None]", size: int) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            has_come = turn.done() and not turn.cancelled()
            self._give(size if has_come else 0)
            raise

    def _give(self, size: int) -> None:
        """Give room back, and to those who wait for it."""
        self._left += size
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= self._left):
            wanted, turn = self._waiting.popleft()
            if not turn.done():
                self._left -= wanted
                turn.set_result(None)

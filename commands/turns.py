"""Turns: commands for one stream in one process queue behind each other, instead of racing to conflict."""

import asyncio
from types import TracebackType

from events.position import StreamName


class Turns:
    """A queue per stream that somebody is at work on; streams nobody waits for cost nothing."""

    def __init__(self) -> None:
        self._taken: dict[StreamName, list[asyncio.Future[None]]] = {}

    def take(self, stream: StreamName) -> "Turn":
        """A context in which the stream is ours within this process."""
        return Turn(self._taken, stream)


class Turn:
    """One command's turn at a stream; first come, first served."""

    __slots__ = ("_stream", "_taken")

    def __init__(self, taken: dict[StreamName, list[asyncio.Future[None]]], stream: StreamName) -> None:
        self._taken = taken
        self._stream = stream

    async def __aenter__(self) -> None:
        queue = self._taken.get(self._stream)
        if queue is None:
            self._taken[self._stream] = []
            return
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        queue = self._taken[self._stream]
        while queue:
            turn = queue.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        del self._taken[self._stream]

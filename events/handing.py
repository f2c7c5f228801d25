"""Handing over: appends that another process of this machine puts into its groups."""

import asyncio
import contextlib
from pathlib import Path

from events.batch import Append
from events.position import Position
from events.wire import STORED, Answer, Handed, error_of, read_answers, read_frame, unbuffered, write_appends

GREETED_WITHIN = 0.2


class Handover:
    """A connection to the host. `pending` are the appends it has not answered yet, by number."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        unbuffered(writer)
        self._reader = reader
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._number = 0
        self._waiting: list[Handed] = []
        self.pending: dict[int, tuple[int, Append]] = {}

    @classmethod
    async def open(cls, path: Path) -> "Handover":
        """Connect to the host that listens at `path`. Raises OSError when there is none, or it is frozen."""
        handover = cls(*await asyncio.open_unix_connection(path))
        try:
            async with asyncio.timeout(GREETED_WITHIN):
                await read_frame(handover._reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            await handover.close()
            raise ConnectionError("the host does not greet") from error
        except asyncio.CancelledError:
            await handover.close()
            raise
        return handover

    def put(self, partition: int, append: Append) -> None:
        """Hand an append over; those of one turn of the loop go as one frame."""
        self._number += 1
        self.pending[self._number] = (partition, append)
        claims = (append.new.stream, append.new.taken, append.new.released) if append.claims else None
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(Handed(self._number, partition, append.nonce, append.stored, claims))

    async def run(self) -> None:
        """Take answers until the connection ends."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                for answer in read_answers(await read_frame(self._reader)):
                    self._settle(answer)

    def oldest(self) -> float | None:
        """Since when the host owes an answer, by the loop's clock."""
        for _, append in self.pending.values():
            return append.since
        return None

    async def close(self) -> None:
        """Hang up; what is pending stays unanswered."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not self._writer.is_closing():
            self._writer.write(write_appends(waiting))

    def _settle(self, answer: Answer) -> None:
        _, append = self.pending.pop(answer.number)
        if answer.kind == STORED:
            append.done(Position(answer.position))
        else:
            new = append.new
            append.failed(error_of(answer, new.stream, new.expected, new.request))

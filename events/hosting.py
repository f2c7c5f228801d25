"""Hosting: one process appends what others of its machine hand over."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from events.appender import Appender
from events.batch import Append
from events.commit import NewCommit
from events.errors import LogUnavailable
from events.position import NO_STREAM, Position, StreamName
from events.wire import (
    GREETING,
    STORED,
    Answer,
    Handed,
    answer_of,
    read_appends,
    read_frame,
    unbuffered,
    write_answers,
)


class Host:
    """Takes appends from a Unix socket, puts them to the appenders of this process, and answers."""

    def __init__(self, appenders: Sequence[Appender]) -> None:
        self._appenders = appenders
        self._guests: set[asyncio.StreamWriter] = set()

    async def serve(self, path: Path) -> None:
        """Host at `path`, in place of whatever an earlier host has left there, until cancelled.

        Guests are sent away then: they settle by themselves what was not answered.
        """
        listening = socket.socket(socket.AF_UNIX)
        _bind(listening, path)
        server = await asyncio.start_unix_server(self._connected, sock=listening)
        try:
            await server.serve_forever()
        finally:
            server.close()
            for writer in self._guests:
                writer.close()
            await asyncio.gather(*(writer.wait_closed() for writer in self._guests), return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = Guest(self._appenders, writer)
        self._guests.add(writer)
        unbuffered(writer)
        writer.write(GREETING)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                for handed in read_appends(await read_frame(reader)):
                    guest.put(handed)
        self._guests.discard(writer)
        writer.close()


def _bind(listening: socket.socket, path: Path) -> None:
    path.unlink(missing_ok=True)
    listening.bind(str(path))
    path.chmod(0o600)


@dataclass(slots=True, eq=False)
class HandedAppend(Append):
    """An append that a guest has handed over."""

    far = True
    guest: "Guest"
    number: int
    told: bool = field(default=False, init=False)

    def done(self, place: Position) -> None:
        """See Append."""
        self._tell(Answer(self.number, STORED, place))

    def failed(self, error: Exception) -> None:
        """See Append."""
        self._tell(answer_of(self.number, error))

    def _tell(self, answer: Answer) -> None:
        if not self.told:
            self.told = True
            self.guest.answer(answer)


class Guest:
    """One process that hands its appends to us; answers of one turn of the loop go out as one frame."""

    def __init__(self, appenders: Sequence[Appender], writer: asyncio.StreamWriter) -> None:
        self._appenders = appenders
        self._writer = writer
        self._answers: list[Answer] = []
        self._loop = asyncio.get_running_loop()

    def put(self, handed: Handed) -> None:
        """Append what was handed over; the answer follows when it is known, if the guest is still there."""
        stream, taken, released = handed.claims or ("", (), ())
        new = NewCommit(StreamName(stream), NO_STREAM, [], "", request=b"", taken=taken, released=released)
        append = HandedAppend(new, handed.nonce, handed.stored, self._loop.time(), self, handed.number)
        try:
            self._appenders[handed.partition].put(append)
        except LogUnavailable as error:
            append.failed(error)

    def answer(self, answer: Answer) -> None:
        """Tell the guest what became of an append, together with what else is told in this turn."""
        if not self._answers:
            self._loop.call_soon(self._send)
        self._answers.append(answer)

    def _send(self) -> None:
        answers, self._answers = self._answers, []
        if not self._writer.is_closing():
            self._writer.write(write_answers(answers))

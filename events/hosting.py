"""Hosting: one process appends what others of its machine hand over."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from events.appender import Appender
from events.batch import Append
from events.commit import NewCommit
from events.errors import LogUnavailable
from events.position import NO_STREAM, Position, StreamName
from events.wire import GREETING, STORED, Answer, Handed, answer_of, read_appends, read_frame, write_answers


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


class Guest:
    """One process that hands its appends to us; answers of one turn of the loop go out as one frame."""

    def __init__(self, appenders: Sequence[Appender], writer: asyncio.StreamWriter) -> None:
        self._appenders = appenders
        self._writer = writer
        self._answers: list[Answer] = []
        self._loop = asyncio.get_running_loop()

    def put(self, handed: Handed) -> None:
        """Append what was handed over; the answer follows when it is known, if the guest is still there."""
        outcome: asyncio.Future[Position] = self._loop.create_future()
        outcome.add_done_callback(partial(self._done, handed.number))
        stream, taken, released = handed.claims or ("", (), ())
        new = NewCommit(StreamName(stream), NO_STREAM, [], "", request=b"", taken=taken, released=released)
        append = Append(new, handed.nonce, handed.stored, outcome, self._loop.time())
        try:
            self._appenders[handed.partition].put(append)
        except LogUnavailable as error:
            append.failed(error)

    def _done(self, number: int, outcome: "asyncio.Future[Position]") -> None:
        if outcome.cancelled():
            return
        error = outcome.exception()
        answer = Answer(number, STORED, outcome.result()) if error is None else answer_of(number, error)
        if not self._answers:
            self._loop.call_soon(self._send)
        self._answers.append(answer)

    def _send(self) -> None:
        answers, self._answers = self._answers, []
        if not self._writer.is_closing():
            self._writer.write(write_answers(answers))

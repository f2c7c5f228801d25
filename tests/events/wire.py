"""A wire between a client and mongod that fails as wires do: it loses requests or answers, or keeps them back.

It passes on whole messages, and what happens to the next message of a kind can be said beforehand. A kind
is a command and its subject, such as "insert commits" or "commitTransaction 1".
"""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

import bson

_HEADER, _OP_MSG, _FIRST_SECTION = 16, 2013, 21


class Fate(Enum):
    """What happens to a message."""

    PASSED = auto()
    LOST = auto()
    """It never arrives, and the connection is cut."""
    ANSWER_LOST = auto()
    """It is carried out, and the connection is cut before the answer."""
    LATE = auto()
    """The connection is cut; the message lies in `Wire.late` until somebody delivers it."""
    SWALLOWED = auto()
    """It never arrives, and the connection stays as it is: silence."""


class Wire:
    """Where clients connect to, at `url`, and what is to happen to their messages.

    late:    the messages that were kept back.
    weather: the fate of a message, by its kind, for which nothing else is expected.
    """

    def __init__(self, host: str, port: int) -> None:
        self.url = ""
        self.late: list[bytes] = []
        self.weather: Callable[[str], Fate] = lambda _: Fate.PASSED
        self._address = host, port
        self._fates: dict[str, deque[Fate]] = {}
        self._open: set[asyncio.Task[Any]] = set()

    def expect(self, kind: str, *fates: Fate) -> None:
        """The next messages of a kind meet these fates, one each."""
        self._fates.setdefault(kind, deque()).extend(fates)

    def heal(self) -> None:
        """Forget what was expected: all messages are passed on."""
        self._fates.clear()
        self.weather = lambda _: Fate.PASSED

    @property
    def met(self) -> bool:
        """Whether all that was expected has happened."""
        return not any(self._fates.values())

    async def deliver(self) -> dict[str, Any]:
        """Bring the oldest late message to mongod; its answer."""
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(self.late.pop(0))
        answer = await _message(reader)
        writer.close()
        return bson.decode(answer[_FIRST_SECTION:])

    async def connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one client until either side goes away."""
        there, to_there = await asyncio.open_connection(*self._address)
        connection = _Connection(self, writer, to_there)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(connection.up(reader)), group.create_task(connection.down(there))]
            self._open.update(tasks)
        self._open.difference_update(tasks)

    def cut(self) -> None:
        """End all connections."""
        for task in self._open:
            task.cancel()

    def fate_of(self, message: bytes) -> Fate:
        """What is to happen to a client's message."""
        kind = _kind_of(message)
        fates = self._fates.get(kind)
        return fates.popleft() if fates else self.weather(kind)


class _Connection:
    """One client's connection; `up` and `down` end together."""

    def __init__(self, wire: Wire, to_client: StreamWriter, to_mongod: StreamWriter) -> None:
        self._wire = wire
        self._to_client = to_client
        self._to_mongod = to_mongod
        self._is_deaf = False

    async def up(self, client: StreamReader) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                message = await _message(client)
                match self._wire.fate_of(message):
                    case Fate.LOST:
                        break
                    case Fate.LATE:
                        self._wire.late.append(message)
                        break
                    case Fate.SWALLOWED:
                        continue
                    case Fate.ANSWER_LOST:
                        self._is_deaf = True
                self._to_mongod.write(message)
        self._cut()

    async def down(self, mongod: StreamReader) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                message = await _message(mongod)
                if self._is_deaf:
                    break
                self._to_client.write(message)
        self._cut()

    def _cut(self) -> None:
        self._to_client.transport.abort()
        self._to_mongod.transport.abort()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A wire to the mongod at `url`; its own `url` is what clients connect to."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    wire = Wire(address.hostname, address.port)
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.url = f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/?directConnection=true"
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await server.wait_closed()


async def _message(reader: StreamReader) -> bytes:
    size = await reader.readexactly(4)
    return size + await reader.readexactly(int.from_bytes(size, "little") - 4)


def _kind_of(message: bytes) -> str:
    """The command and its subject; empty for what is no command."""
    if int.from_bytes(message[12:_HEADER], "little") != _OP_MSG:
        return ""
    [name, subject] = next(iter(bson.decode(message[_FIRST_SECTION:][: _size(message)]).items()))
    return f"{name} {subject}"


def _size(message: bytes) -> int:
    return int.from_bytes(message[_FIRST_SECTION : _FIRST_SECTION + 4], "little")

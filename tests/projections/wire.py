"""A wire between a projector and Redis that fails when told to: the n-th message, or its answer, is lost."""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from urllib.parse import urlsplit


class Fate(Enum):
    """What happens to the message; then every connection is cut."""

    LOST = auto()
    ANSWER_LOST = auto()


class Wire:
    """Where a projector connects to, at `url`. A message is what it sends in one go.

    messages: how many there have been.
    """

    def __init__(self, socket: str, url: str) -> None:
        self.url = url
        self.messages = 0
        self._socket = socket
        self._connections: set[StreamWriter] = set()
        self._fates: dict[int, tuple[Fate, Callable[[], object]]] = {}

    def expect(self, message: int, fate: Fate, then: Callable[[], object] = lambda: None) -> None:
        """What happens to the `message`-th message from now (1, 2, 3…), and what is called `then`."""
        self._fates[self.messages + message] = fate, then

    def cut(self) -> None:
        """Cut every connection."""
        for connection in self._connections:
            connection.transport.abort()

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry what one connection says, until one side ends it."""
        redis_reader, redis_writer = await asyncio.open_unix_connection(self._socket)
        self._connections |= {writer, redis_writer}
        answers = asyncio.create_task(_copy(redis_reader, writer))
        try:
            with contextlib.suppress(OSError):
                while message := await reader.read(2**20):
                    if not await self._pass_on(message, redis_writer, answers):
                        break
        finally:
            answers.cancel()
            await asyncio.wait([answers])
            self._connections -= {writer, redis_writer}
            for each in (writer, redis_writer):
                each.close()

    async def _pass_on(self, message: bytes, redis: StreamWriter, answers: "asyncio.Task[None]") -> bool:
        self.messages += 1
        fate, then = self._fates.pop(self.messages, (None, lambda: None))
        if fate is Fate.ANSWER_LOST:
            answers.cancel()
        if fate is not Fate.LOST:
            redis.write(message)
            await redis.drain()
        if fate is None:
            return True
        redis.close()
        await redis.wait_closed()
        self.cut()
        then()
        return False


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(2**20):
            writer.write(part)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def wire_to(url: str, folder: Path) -> AsyncIterator[Wire]:
    """A wire to the Redis at `url`, a socket."""
    socket = folder / "wire.sock"
    wire = Wire(urlsplit(url).path, f"unix://{socket}")
    server = await asyncio.start_unix_server(wire.carry, socket)
    try:
        yield wire
    finally:
        server.close()
        wire.cut()

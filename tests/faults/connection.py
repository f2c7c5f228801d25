"""One HTTP/1.1 connection that never asks twice, and knows whether a request can have arrived."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

Address: TypeAlias = tuple[str, int]
Lines: TypeAlias = Mapping[str, str]

PATIENCE = 40.0


class Unanswered(Exception):
    """There was no answer: what became of the request is unknown."""


class Unsent(Unanswered):
    """Nobody listened: nothing of the request was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body; None where there is none."""
        return orjson.loads(self.body) if self.body else None


class Connection:
    """Asks one request after another; after an error, and after `close`, the next one connects anew."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send one whole request and return its answer. Raises Unsent, Unanswered."""
        reader, writer = self._streams or await self._connect()
        try:
            async with asyncio.timeout(PATIENCE):
                writer.write(request)
                await writer.drain()
                answer = await _read(reader)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise Unanswered(repr(error)) from error
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(PATIENCE):
                self._streams = await asyncio.open_connection(*self.address)
        except (OSError, TimeoutError) as error:
            raise Unsent(repr(error)) from error
        return self._streams


def request(method: str, path: str, headers: Lines, body: Any = None) -> bytes:
    """The bytes of a request; a `body` is sent as JSON."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{n}: {v}" for n, v in headers.items())]
    if body is None:
        return "\r\n".join([*lines, "", ""]).encode()
    sent = orjson.dumps(body)
    lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}", "", ""]
    return "\r\n".join(lines).encode() + sent


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:-2] if ": " in line)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(head[0].split(" ")[1]), headers, body)

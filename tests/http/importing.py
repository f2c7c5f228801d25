"""Importing lines over HTTP, and reading the answers."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.http.documents import Documents

NDJSON = "application/x-ndjson"
PATIENT = 10


def lines(*documents: Any) -> bytes:
    """Documents as lines; bytes are lines already."""
    return b"".join(
        (each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in documents
    )


async def take(orders: Documents, content: Any, query: str = "", **headers: str) -> httpx.Response:
    """Import a body of lines into the collection."""
    sent = {"content-type": NDJSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await orders.client.post(f"{orders.path}/import{query}", content=content, headers=sent, timeout=30)


def told(answer: httpx.Response) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What became of the lines, and the summary."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, NDJSON), answer.text
    *of_lines, summary = [json.loads(line) for line in answer.content.splitlines()]
    return of_lines, summary


class Import:
    """An import on a connection of its own, piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *documents: Any) -> None:
        """Send lines as one chunk."""
        self.send_raw(lines(*documents))

    def send_raw(self, data: bytes) -> None:
        """Send a part of the body as one chunk."""
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """Say that there are no more."""
        self.writer.write(b"0\r\n\r\n")

    async def head(self) -> bytes:
        """The head of the answer."""
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENT)

    async def answers(self) -> list[dict[str, Any]]:
        """The answers of the next chunk, which ends with one; none at the end."""
        return _read(await self._chunk())

    async def all_answers(self) -> list[dict[str, Any]]:
        """All answers that are still to come; raises IncompleteReadError when they do not end properly."""
        found = b""
        while chunk := await self._chunk():
            found += chunk
        return _read(found)

    async def _chunk(self) -> bytes:
        size = int(await asyncio.wait_for(self.reader.readline(), PATIENT), 16)
        return (await self.reader.readexactly(size + 2))[:-2]


@asynccontextmanager
async def importing(
    orders: Documents, query: str = "", buffer: int | None = None, **headers: str
) -> AsyncIterator[Import]:
    """Begin an import. buffer: bytes that may be under way to the client."""
    url = orders.client.base_url
    connected = socket.socket()
    if buffer is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connected.connect((url.host, url.port or 80))
    reader, writer = await asyncio.open_connection(sock=connected, limit=buffer or 2**16)
    fields = [
        f"POST {orders.path}/import{query} HTTP/1.1",
        "Host: localhost",
        f"Authorization: {orders.client.headers['authorization']}",
        f"Content-Type: {NDJSON}",
        "Transfer-Encoding: chunked",
        "Accept-Encoding: gzip, zstd",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    writer.write(("\r\n".join(fields) + "\r\n\r\n").encode())
    try:
        yield Import(reader, writer)
    finally:
        writer.transport.abort()


def _read(answers: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answers.splitlines()]

"""A real Sanic server behind the guard, on a free loopback port, and a client that speaks raw bytes."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text

from app.http.protocol import GuardedProtocol
from app.routes.app import App

_names = (f"guarded_{number}" for number in itertools.count())

GET = b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def head(*fields: str, method: str = "POST", host: str = "Host: localhost") -> bytes:
    """A head with these fields after Host."""
    return "\r\n".join([f"{method} /a HTTP/1.1", host, *fields, "", ""]).encode("latin-1")


@dataclass
class Server:
    """A server that notes which requests ran, as "METHOD /path body"."""

    port: int = 0
    connections: set[GuardedProtocol] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """What a request of /wait waits for."""

    async def answer(self, *pieces: bytes) -> bytes:
        """Send `pieces` one after another on one connection; all the server says until it closes."""
        async with self.connection() as (reader, writer):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            return await asyncio.wait_for(reader.read(), 10)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection to the server, closed at the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def serving(**config: Any) -> AsyncIterator[Server]:
    """Serve every method but TRACE on /<path>, with `config` in `app.config`; stops at the end."""
    server = Server()
    app = App(next(_names), configure_logging=False)
    app.config.update({"MOTD": False, "FALLBACK_ERROR_FORMAT": "json", "TOUCHUP": False, **config})

    @app.get("/stream")
    async def stream(request: Request) -> None:
        response = await request.respond()
        await response.send("one")
        await response.send("two")
        await response.eof()

    @app.route("/<path:path>", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    async def note(request: Request, path: str) -> HTTPResponse:
        server.ran.append(f"{request.method} /{path} {request.body.decode()}".rstrip())
        if path == "wait":
            await server.gate.wait()
        return text(f"ran {path}", headers={"X-Ran": path})

    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    running: Any = await app.create_server(sock=listener, protocol=GuardedProtocol)
    try:
        await running.startup()
        server.connections = running.connections
        yield server
    finally:
        await _stop(running)
        Sanic.unregister_app(app)


async def _stop(running: Any) -> None:
    running.close()
    connections: Iterable[GuardedProtocol] = set(running.connections)
    for connection in connections:
        connection.abort()  # type: ignore[no-untyped-call]
    while running.connections:
        await asyncio.sleep(0)

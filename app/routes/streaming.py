"""Streaming answers: a body that is made while it is sent, no faster than the client takes it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog
from sanic.request import Request

from app.http.coding_streams import UNCODED, coder_for

_log = structlog.get_logger(__name__)

PIECE = 64 * 1024
"""What is sent at once. The client must take so much within the response timeout, which is 60 s."""


async def stream(
    request: Request,
    parts: AsyncIterator[bytes],
    headers: Mapping[str, str],
    media: str,
    *,
    is_awaited: bool = False,
) -> None:
    """Answer 200 with `parts` as the body, compressed where that helps and the client takes it.

    is_awaited: the client may wait for each part before it goes on: nothing is held back to be compressed.

    The first part is awaited before anything is sent: what is raised until then is answered as a problem.
    What is raised later cuts the connection, so that half a body is not taken for a whole one. A client that
    goes away cancels the task that this runs in.
    """
    first = await anext(parts, b"")
    coder = UNCODED if is_awaited else coder_for(request.headers, media)
    response = await request.respond(headers={**headers, **coder.headers}, content_type=media)
    try:
        await _send(response, await coder.take(first))
        async for part in parts:
            await _send(response, await coder.take(part))
        await _send(response, coder.end())
        await response.eof()
    except Exception as error:
        _log.error("answer cut off", method=request.method, path=request.path, exc_info=error)
        transport: Any = request.transport
        transport.abort()  # Sanic would end the body properly
        raise


async def head(request: Request, headers: Mapping[str, str], media: str) -> None:
    """Answer HEAD as `stream` answers GET."""
    coder = coder_for(request.headers, media)
    response = await request.respond(headers={**headers, **coder.headers}, content_type=media)
    await response.send(b"", end_stream=False)


def alive(request: Request) -> None:
    """Say that the answer is being worked on: silence before its first byte is counted from now."""
    protocol: Any = request.stream.protocol if request.stream else None
    if protocol is not None:
        protocol.mark()


async def _send(response: Any, part: bytes) -> None:
    for first in range(0, len(part), PIECE):
        await response.send(part[first : first + PIECE])

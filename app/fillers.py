"""Starting processes that share a rebuild, and talking to them. What they do is in app/filling.py."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import BaseModel

from app.forking.server import ForkServer, ForkServerGone, status_in
from projections.errors import ProjectionAway
from projections.fence import Fence
from projections.team import Fill, FillerFailed, Start

FILLED = b"filled\n"
HERE = b"here\n"
BEAT_EVERY = 1.0
"""Seconds after which a process that fills says that it is there."""

SILENT_FOR = 5.0
"""Seconds after which one that says nothing counts as stopped: others do its work."""

AGAIN = os.EX_TEMPFAIL
"""The exit status of a filler that lost nothing, and may go on later."""

_GOES_ON_LATER = (AGAIN, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, None)


class Order(BaseModel):
    """What one process is to fill: ranges of a collection, under a lease."""

    collection: str
    mark: str
    max_rate: int | None


def fillers(forks: ForkServer) -> Start:
    """What a rebuild starts them by. Where they can not be started, ProjectionAway is raised."""

    @asynccontextmanager
    async def start(collection: str, fence: Fence, max_rate: int | None) -> AsyncIterator[Fill]:
        order = Order(collection=collection, mark=fence.mark.decode(), max_rate=max_rate)
        try:
            talking = forks.start()
        except (ForkServerGone, OSError) as error:
            raise ProjectionAway(f"a process that fills ranges can not be started: {error}") from error
        reader, writer = await asyncio.open_unix_connection(sock=talking)
        try:
            _tell(writer, order.model_dump_json().encode() + b"\n")
            yield _Beside(reader, writer).fill
        finally:
            writer.close()

    return start


class _Beside:
    """A process that fills ranges, also several at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._heard = asyncio.Lock()
        self._last_words = b""

    async def fill(self, number: int) -> None:
        """Let it fill a range, and wait until it has filled one; where it ends, all who wait are told why.

        Raises: ProjectionAway where it may go on later, also as it stands still; FillerFailed where it failed.
        """
        _tell(self._writer, b"%d\n" % number)
        async with self._heard:
            while (said := await self._line()) == HERE:
                pass
            if said == FILLED:
                return
            self._last_words += said + await self._rest()
        words, status = status_in(self._last_words)
        reason = words.decode(errors="replace").strip()
        if status in _GOES_ON_LATER:
            raise ProjectionAway(f"a process that fills a range ended: {reason or _told(status)}")
        raise FillerFailed(reason or _told(status))

    async def _line(self) -> bytes:
        try:
            async with asyncio.timeout(SILENT_FOR):
                return await self._reader.readline()
        except TimeoutError:
            raise ProjectionAway("a process that fills a range stands still, and others do its work") from None
        except OSError as error:
            raise _gone(error) from error

    async def _rest(self) -> bytes:
        try:
            return await self._reader.read()
        except OSError as error:
            raise _gone(error) from error


def _tell(writer: asyncio.StreamWriter, words: bytes) -> None:
    """Raises ProjectionAway where nobody hears it any more, which uvloop tells by RuntimeError."""
    try:
        writer.write(words)
    except (OSError, RuntimeError) as error:
        raise _gone(error) from error


def _gone(error: Exception) -> ProjectionAway:
    return ProjectionAway(f"a process that fills a range is gone: {error}")


def _told(status: int | None) -> str:
    return "with the one that started it" if status is None else f"exit status {status}"

"""An append held open: a writer that stops before or after the insert until it is let go."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import bson

from events.appender import Appender, Writer
from events.batch import Append, LocalAppend
from events.commit import NewCommit, now, to_stored
from events.position import Position


class Gate:
    """A place where whoever comes waits until it is opened."""

    def __init__(self, visitors: int = 1) -> None:
        """visitors: how many must wait here for it to count as reached."""
        self.reached = asyncio.Event()
        self._missing = visitors
        self._opened = asyncio.Event()

    def open(self) -> None:
        """Let everybody pass, now and later."""
        self._opened.set()

    async def pass_through(self) -> None:
        """Wait here."""
        self._missing -= 1
        if self._missing == 0:
            self.reached.set()
        await self._opened.wait()


class StallingWriter:
    """A real writer that stalls: `before` an insert is sent, the tail being read, or `after` it was done."""

    def __init__(self, writer: Writer, *, before: Gate | None = None, after: Gate | None = None) -> None:
        self._writer = writer
        self._before = before
        self._after = after
        self.tail = writer.tail
        self.nonces = writer.nonces
        self.hopeless = writer.hopeless
        self.hurry = writer.hurry
        self.close = writer.close

    async def insert(self, batch: list[Append], first: Position) -> None:
        """See appender.Writer."""
        if self._before is not None:
            await self._before.pass_through()
        await self._writer.insert(batch, first)
        if self._after is not None:
            await self._after.pass_through()


@asynccontextmanager
async def appender_on(
    writer: Writer, *, patience: float = 10.0, announce: Callable[[Position], None] = lambda _: None
) -> AsyncIterator[Appender]:
    """An appender on `writer`, closed afterwards."""
    appender = Appender(writer, patience=patience, announce=announce)
    try:
        yield appender
    finally:
        await appender.close()


def on_its_way(new: NewCommit) -> LocalAppend:
    """What `EventLog.append` hands to an appender."""
    loop, nonce = asyncio.get_running_loop(), os.urandom(8)
    stored = bson.encode(to_stored(new, now(), nonce))
    return LocalAppend(new, nonce, stored, loop.time(), loop.create_future())

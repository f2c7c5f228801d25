"""Group commit: one appender per process and partition; all appends that wait go out together.

The unique `_id` is the sequencer. A batch is inserted, in order, at the positions after the tail; whoever
inserts a position first owns it. n + 1 is attempted only when n is known to exist, so there are no gaps.

    wait for appends -> take a batch -> send it -> tell the callers
                                         | tail lost      read the tail, send again
                                         | refused        fail that one append, send the rest again
                                         | all refused    send half of it, to find the one to blame
                                         | outcome unknown  read back, compare nonces, send again
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from events.background import end
from events.batch import Append, Waiting
from events.crowd import Crowd
from events.errors import FoldbaseError, LogUnavailable
from events.pauses import Pauses
from events.position import Position

_log = structlog.get_logger(__name__)

LOOKS = 8  # in the time of one patience


class TailLost(Exception):
    """Another writer owns the position; the first `stored` appends of the batch were written before that."""

    def __init__(self, stored: int) -> None:
        self.stored = stored


class AppendRefused(Exception):
    """The append at `index` can never be written; the first `stored` of the batch were written."""

    def __init__(self, stored: int, index: int, error: FoldbaseError) -> None:
        self.stored = stored
        self.index = index
        self.error = error


class BatchRefused(Exception):
    """MongoDB refused the batch as a whole, because of some append in it; none was written."""

    def __init__(self, error: FoldbaseError) -> None:
        self.error = error


class OutcomeUnknown(Exception):
    """MongoDB did not say what became of the batch."""


class Writer(Protocol):
    """How a batch reaches MongoDB: the appender's only view of it."""

    async def insert(self, batch: list[Append], first: Position) -> None:
        """Insert the batch at `first`, `first` + 1, …; durable on return.

        Raises: TailLost, AppendRefused, BatchRefused, OutcomeUnknown.
        """

    async def tail(self) -> Position:
        """The last position that is durable. Raises OutcomeUnknown when MongoDB does not answer."""

    async def nonces(self, first: Position, count: int) -> list[bytes]:
        """The nonces stored at `first`, `first` + 1, … up to the first free position. Raises OutcomeUnknown."""

    async def hopeless(self, batch: list[Append]) -> dict[int, FoldbaseError]:
        """Which appends can not be stored any more, by their places in the batch. Raises OutcomeUnknown."""

    def hurry(self) -> None:
        """See to what may hold up a batch that takes long. Returns at once."""

    async def close(self) -> None:
        """End what is still being done."""


class Appender:
    """Appends to one partition, in groups, one batch at a time."""

    def __init__(self, writer: Writer, *, patience: float, announce: Callable[[Position], None]) -> None:
        """patience: seconds an append may wait before its caller is told LogUnavailable.
        announce: called with the last position of every batch that was stored."""
        self._writer = writer
        self._patience = patience
        self._announce = announce
        self._waiting = Waiting()
        self._tail: Position | None = None
        self._closing = False
        self._crowd = Crowd()
        self._task: asyncio.Task[None] | None = None
        self._watchdog: asyncio.TimerHandle

    def put(self, append: Append) -> None:
        """Queue an append; its `outcome` tells the rest. A caller that goes away changes nothing."""
        if self._closing:
            raise LogUnavailable("this process is stopping")
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="appender")
        self._waiting.put(append)

    async def close(self) -> None:
        """Send what waits, then stop. What is not stored within `patience` fails as LogUnavailable."""
        self._closing = True
        self._waiting.arrived.set()
        if self._task is not None:
            _, unfinished = await asyncio.wait({self._task}, timeout=self._patience)
            await end(unfinished)
            await self._writer.close()
        self._waiting.fail_older_than(float("inf"), LogUnavailable("this process is stopping"))

    async def _run(self) -> None:
        while len(self._waiting) or not self._closing:
            await self._waiting.arrived.wait()
            await self._crowd.gather(self._waiting)
            batch = self._waiting.take()
            if not batch:
                if self._closing:
                    return
                self._waiting.arrived.clear()
                continue
            try:
                await self._store(batch)
                self._crowd.seen(len(batch) + len(self._waiting))
            except asyncio.CancelledError:
                _fail(batch, LogUnavailable("this process is stopping", unknown=True))
                raise
            except Exception as fault:  # noqa: BLE001 - one batch may fail, the appender may not
                _log.exception("append failed")
                self._tail = None
                _fail(batch, LogUnavailable(f"unexpected: {fault!r}", unknown=True))

    async def _store(self, batch: list[Append]) -> None:
        self._watch(batch, asyncio.get_running_loop().time())
        try:
            left, pauses = batch, Pauses()
            attempt = (Position(-1), 0)
            while left:
                first = Position((await self._known_tail()) + 1)
                if attempt == (first, len(left)):  # its position is taken by what no majority has yet
                    await pauses.wait()
                else:
                    pauses = Pauses()
                attempt = (first, len(left))
                left = await self._send(left, first)
        finally:
            self._watchdog.cancel()

    async def _send(self, batch: list[Append], first: Position) -> list[Append]:
        """Send once and settle; the appends that are left to be sent again, at new positions."""
        try:
            await self._writer.insert(batch, first)
        except TailLost as lost:
            self._stored(batch[: lost.stored], first)
            self._tail = None
            return batch[lost.stored :]
        except AppendRefused as refused:
            return await self._without(batch, first, refused)
        except BatchRefused as refused:
            if len(batch) == 1:
                batch[0].failed(refused.error)
                return []
            half = len(batch) // 2
            return await self._send(batch[:half], first) + batch[half:]
        except OutcomeUnknown as unknown:
            return await self._settle(batch, first, unknown)
        self._stored(batch, first)
        return []

    async def _settle(self, batch: list[Append], first: Position, unknown: OutcomeUnknown) -> list[Append]:
        """Find out what became of a batch whose answer was lost; what is left is sent at new positions.

        The lost insert may still be on its way. Until every position is known to be taken, the same commits
        are sent again at the same positions: a late twin of ours then meets either itself or somebody
        else's commit, and an ordered insert stops there. So nothing is stored twice and nothing out of order.
        """
        _log.warning("append outcome unknown, reading back", reason=str(unknown), first=first)
        pauses = Pauses()
        while True:
            try:
                kept = await self._writer.nonces(first, len(batch))
                ours = _ours(batch, kept)
                self._stored(batch[:ours], first)
                batch, first = batch[ours:], Position(first + ours)
                if not batch or ours < len(kept):
                    self._tail = None
                    return batch
                await self._writer.insert(batch, first)
            except (TailLost, OutcomeUnknown):
                await pauses.wait()
            except AppendRefused as refused:
                return await self._without(batch, first, refused)
            except BatchRefused:
                return batch
            else:
                self._stored(batch, first)
                return []

    async def _without(self, batch: list[Append], first: Position, refused: AppendRefused) -> list[Append]:
        """Tell the callers of what was stored and of what was refused; the appends that are left.

        Refusals seldom come alone, and each costs as much as to send a batch: ask for the others at once.
        """
        self._stored(batch[: refused.stored], first)
        batch[refused.index].failed(refused.error)
        left = batch[refused.stored : refused.index] + batch[refused.index + 1 :]
        try:
            hopeless = await self._writer.hopeless(left) if left else {}
        except OutcomeUnknown:
            return left
        for index, error in hopeless.items():
            left[index].failed(error)
        return [append for index, append in enumerate(left) if index not in hopeless]

    async def _known_tail(self) -> Position:
        pauses = Pauses()
        while self._tail is None:
            try:
                self._tail = await self._writer.tail()
            except OutcomeUnknown as unknown:
                _log.warning("tail of the log unknown, asking again", reason=str(unknown))
                await pauses.wait()
        return self._tail

    def _stored(self, batch: list[Append], first: Position) -> None:
        if not batch:
            return
        placed = list(enumerate(batch, first))
        for far in (True, False):  # who is far has the longer way back
            for place, append in placed:
                if append.far is far:
                    append.done(Position(place))
        self._tail = Position(first + len(batch) - 1)
        self._announce(self._tail)

    def _watch(self, batch: list[Append], since: float) -> None:
        loop = asyncio.get_running_loop()
        self._watchdog = loop.call_later(self._patience / LOOKS, self._look_after, batch, since)

    def _look_after(self, batch: list[Append], since: float) -> None:
        """MongoDB is silent: see to what holds it up. When patience ends, free the callers, and go on."""
        self._writer.hurry()
        now = asyncio.get_running_loop().time()
        if now - since >= self._patience:
            _fail(batch, LogUnavailable("MongoDB did not answer in time", unknown=True))
            error = LogUnavailable("MongoDB did not answer in time")
            self._waiting.fail_older_than(now - self._patience, error)
        self._watch(batch, since)


def _ours(batch: list[Append], kept: list[bytes]) -> int:
    """How many commits of the batch stand at their positions, counted from the first."""
    count = 0
    for append, nonce in zip(batch, kept, strict=False):
        if append.nonce != nonce:
            break
        count += 1
    return count


def _fail(batch: list[Append], error: LogUnavailable) -> None:
    for append in batch:
        append.failed(error)

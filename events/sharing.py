"""Sharing an appender: the processes of one machine form their groups together instead of racing.

Whoever holds the lock file is the host, and appends for all; the others hand over what they have. It is a
question of speed alone: who finds no host appends by itself, and the unique indexes keep the log sound
whatever happens. An append whose host went away unanswered is sent again by ourselves, as it was: if it was
stored after all, its own version stands in its way, and the nonce there tells that it is ours.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from events.appender import Appender
from events.background import end
from events.batch import Append, LocalAppend
from events.errors import LogError, RequestRepeated, VersionConflict
from events.handing import Handover
from events.hosting import Host
from events.position import Position

_log = structlog.get_logger(__name__)

TRY_AGAIN = 0.1
LOOK_EVERY = 0.25
MOST_PATIENCE = 2.0

Standing = Callable[[Append], Awaitable[tuple[bytes, Position] | None]]


class Sharing:
    """Puts appends to the host of this machine: ourselves, another process, or, for want of one, ourselves."""

    def __init__(self, path: Path, appenders: Sequence[Appender], standing: Standing, patience: float) -> None:
        """path: the host's socket, in a folder that only this deployment's processes can enter.
        standing: the nonce and position of the commit that stands where an append wanted to go.
        patience: seconds after which a host that owes an answer is given up; never more than 2."""
        self._path = path
        self._appenders = appenders
        self._standing = standing
        self._patience = min(patience, MOST_PATIENCE)
        self._handover: Handover | None = None
        self._again: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._lock: int | None = None

    def start(self) -> None:
        """Look for a host, or become it."""
        self._task = asyncio.create_task(self._run(), name="sharing")

    @property
    def hands_over(self) -> bool:
        """Whether another process appends for us just now."""
        return self._handover is not None

    def put(self, partition: int, append: Append) -> None:
        """Put an append where it is stored soonest. Raises LogUnavailable as Appender.put."""
        if self._handover is None:
            self._appenders[partition].put(append)
        else:
            self._handover.put(partition, append)

    async def close(self) -> None:
        """Settle what is pending, and stop hosting."""
        if self._task is not None:
            await end([self._task])
        await asyncio.gather(*self._again, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                if self._take_lock():
                    await Host(self._appenders).serve(self._path)
                else:
                    await self._hand_over()
            except OSError as error:
                _log.debug("no host to append for us", reason=str(error))
            finally:
                self._release_lock()
            await asyncio.sleep(TRY_AGAIN)

    async def _hand_over(self) -> None:
        handover = self._handover = await Handover.open(self._path)
        answers = asyncio.create_task(handover.run(), name="handover")
        try:
            while not answers.done() and not self._is_overdue(handover):
                await asyncio.wait({answers}, timeout=LOOK_EVERY)
        finally:
            self._handover = None
            await end([answers])
            await handover.close()
            for partition, append in handover.pending.values():
                task = asyncio.create_task(self._send_again(partition, append))
                self._again.add(task)
                task.add_done_callback(self._again.discard)

    def _is_overdue(self, handover: Handover) -> bool:
        oldest = handover.oldest()
        return oldest is not None and asyncio.get_running_loop().time() - oldest > self._patience

    async def _send_again(self, partition: int, append: Append) -> None:
        """Append what a lost host left unanswered: the same commit, so that a twin of it is recognised."""
        loop = asyncio.get_running_loop()
        twin = LocalAppend(append.new, append.nonce, append.stored, loop.time(), loop.create_future())
        try:
            self._appenders[partition].put(twin)
            append.done(await twin.outcome)
        except (VersionConflict, RequestRepeated) as error:
            await self._recognise(append, error)
        except LogError as error:
            append.failed(error)

    async def _recognise(self, append: Append, error: LogError) -> None:
        try:
            found = await self._standing(append)
        except LogError as unknown:
            append.failed(unknown)
            return
        if found is not None and found[0] == append.nonce:
            append.done(found[1])
        else:
            append.failed(error)

    def _take_lock(self) -> bool:
        self._lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

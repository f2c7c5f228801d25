"""Commits on their way: ready to be stored; waiting for one writer; cut into batches."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from events.commit import MOST_COMMIT_BYTES, NewCommit
from events.errors import LogUnavailable
from events.position import Position

MOST_BATCH = 1000
MOST_BATCH_BYTES = MOST_COMMIT_BYTES
MOST_WAITING = 20_000
MOST_WAITING_BYTES = 256 * 2**20

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


@dataclass(slots=True, eq=False)
class Ready:
    """One commit that is ready to be stored. `stored` is its BSON without `_id`; `more` as Commit has it."""

    new: NewCommit
    nonce: bytes
    stored: bytes
    more: int = field(default=0, kw_only=True)

    def at(self, place: Position) -> RawBSONDocument:
        """The commit as MongoDB is to store it at `place`."""
        size = len(self.stored) + 13
        head = size.to_bytes(4, "little") + b"\x12_id\x00" + place.to_bytes(8, "little")
        return RawBSONDocument(head + self.stored[4:], RAW)


@dataclass(slots=True, eq=False)
class Append(Ready, ABC):
    """One commit on its way by itself. `since`: when it came, by the loop's clock.

    Whoever appends it tells once what became of it; what is told later is not heard.
    """

    far: ClassVar[bool]  # whether its caller is in another process
    since: float
    claims: bool = field(init=False)

    def __post_init__(self) -> None:
        self.claims = bool(self.new.taken or self.new.released)

    @property
    def names(self) -> tuple[str | bytes, ...]:
        """What no two commits of one version can share: its stream and, if any, its request key."""
        new = self.new
        return (new.stream,) if new.request is None else (new.stream, new.request)

    @abstractmethod
    def done(self, place: Position) -> None:
        """Tell the caller, if it is still there, that the commit stands at `place`."""

    @abstractmethod
    def failed(self, error: Exception) -> None:
        """Tell the caller, if it is still there, what went wrong."""


@dataclass(slots=True, eq=False)
class LocalAppend(Append):
    """An append of this process. `outcome` is where its caller waits."""

    far = False
    outcome: "asyncio.Future[Position]"

    def done(self, place: Position) -> None:
        """See Append."""
        if not self.outcome.done():
            self.outcome.set_result(place)

    def failed(self, error: Exception) -> None:
        """See Append."""
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Waiting:
    """The queue in front of one writer: bounded in number and bytes, cut into batches in order."""

    def __init__(self) -> None:
        self._appends: deque[Append] = deque()
        self._bytes = 0
        self._wanted = MOST_WAITING
        self._reached = asyncio.Event()
        self.arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._appends)

    def put(self, append: Append) -> None:
        """Queue an append. Raises LogUnavailable, with nothing written, when too much waits already."""
        if len(self._appends) >= MOST_WAITING or self._bytes >= MOST_WAITING_BYTES:
            raise LogUnavailable("too many writes wait already")
        self._appends.append(append)
        self._bytes += len(append.stored)
        self.arrived.set()
        if self._enough():
            self._reached.set()

    async def reach(self, count: int, *, within: float) -> None:
        """Wait until `count` appends wait, or as many bytes as one batch takes; `within` seconds at most."""
        self._wanted = count
        self._reached.clear()
        if not self._enough():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._reached.wait()

    def take(self) -> list[Append]:
        """The next batch: at most 1,000 appends and 12 MiB, all with claims or all without.

        Of those with claims, no two are of one stream or one request: they are stored together or not at
        all, and the second must not be refused because of a first that is refused, too.
        """
        batch: list[Append] = []
        size = 0
        rivals: set[str | bytes] = set()
        while self._appends and len(batch) < MOST_BATCH:
            head = self._appends[0]
            if batch and (size + len(head.stored) > MOST_BATCH_BYTES or head.claims != batch[0].claims):
                break
            if head.claims and not rivals.isdisjoint(head.names):
                break
            rivals.update(head.names if head.claims else ())
            batch.append(self._appends.popleft())
            size += len(head.stored)
        self._bytes -= size
        if not self._appends:
            self.arrived.clear()
        return batch

    def fail_older_than(self, moment: float, error: LogUnavailable) -> None:
        """Fail every append that has waited since before `moment`; none of them was sent."""
        while self._appends and self._appends[0].since < moment:
            old = self._appends.popleft()
            self._bytes -= len(old.stored)
            old.failed(error)
        if not self._appends:
            self.arrived.clear()

    def _enough(self) -> bool:
        return len(self._appends) >= self._wanted or self._bytes >= MOST_BATCH_BYTES

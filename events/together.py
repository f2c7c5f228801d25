"""Appending together: several commits of any streams and partitions, all of them or none.

    take turns in every partition concerned -> a transaction, until it is stored or refused -> tell the caller

It does without the appenders, and races with them for positions as another process would.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from events.appender import LOOKS
from events.background import end
from events.batch import MOST_BATCH, MOST_BATCH_BYTES, MOST_WAITING_BYTES, Ready
from events.commit import Commit, NewCommit, committed, encoded, now
from events.errors import InvalidValue, LogUnavailable, TogetherRefused
from events.nonces import Nonces
from events.orphans import Orphans
from events.position import Position, partition_for, partition_of
from events.store import Database
from events.transaction import Transaction


class Together:
    """Appends batches that stand or fall as a whole; those of one partition one after the other."""

    def __init__(
        self, database: Database, partitions: int, *, patience: float, announce: Callable[[Position], None]
    ) -> None:
        """patience: seconds a batch may take before its caller is told LogUnavailable.
        announce: called with the last position that a batch has in each partition."""
        self._database = database
        self._partitions = partitions
        self._patience = patience
        self._announce = announce
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._orphans = Orphans(database.client)
        self._under_way: set[asyncio.Task[list[Position]]] = set()
        self._bytes = 0
        self._closing = False

    async def append(self, news: Sequence[NewCommit], nonces: Nonces) -> list[Commit]:
        """See EventLog.append_together."""
        at = now()
        batch = ready(news, self._partitions, nonces, at)
        size = sum(len(each.stored) for each in batch)
        if self._closing:
            raise LogUnavailable("this process is stopping")
        if self._bytes + size > MOST_WAITING_BYTES:
            raise LogUnavailable("too many writes wait already")
        self._bytes += size
        transaction = Transaction(self._database, batch, self._partitions)
        task = asyncio.create_task(self._store(transaction, size), name="together")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        places = await asyncio.shield(task)
        return [committed(each.new, place, at, each.more) for each, place in zip(batch, places, strict=True)]

    async def close(self) -> None:
        """Let what is under way end; it does within `patience`. Take nothing more."""
        self._closing = True
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._orphans.close()

    async def _store(self, transaction: Transaction, size: int) -> list[Position]:
        try:
            places = await self._patiently(transaction)
        finally:
            self._bytes -= size
        for last in {partition_of(place): place for place in places}.values():
            self._announce(last)
        return places

    async def _patiently(self, transaction: Transaction) -> list[Position]:
        """Run the transaction for as long as patience lasts; see to what may hold it up."""
        work = asyncio.create_task(self._in_turn(transaction), name="transaction")
        try:
            for _ in range(LOOKS):
                await asyncio.wait({work}, timeout=self._patience / LOOKS)
                if work.done():
                    break
                self._orphans.end_soon()
        finally:
            await end([work])
        if work.cancelled():
            raise LogUnavailable(transaction.trouble, unknown=transaction.may_be_stored)
        return work.result()

    async def _in_turn(self, transaction: Transaction) -> list[Position]:
        """Run the transaction when it is its turn in every partition it writes to."""
        async with AsyncExitStack() as turns:
            for partition in sorted(set(transaction.partitions)):
                await turns.enter_async_context(self._turns[partition])
            async with self._database.client.start_session(causal_consistency=False) as session:
                return await transaction.run(session)


def ready(news: Sequence[NewCommit], partitions: int, nonces: Nonces, at: datetime) -> list[Ready]:
    """The commits of a batch, each knowing how many follow in its partition.

    Raises: TogetherRefused, InvalidValue.
    """
    if not 1 <= len(news) <= MOST_BATCH:
        raise InvalidValue("", f"are {len(news):,} commits; 1 to {MOST_BATCH:,} are appended together")
    left = Counter(partition_for(new.stream, partitions) for new in news)
    batch, size = list[Ready](), 0
    for index, new in enumerate(news):
        left[partition := partition_for(new.stream, partitions)] -= 1
        nonce, more = nonces.next(), left[partition]
        try:
            stored = encoded(new, at, nonce, more)
        except InvalidValue as error:
            raise TogetherRefused(index, error) from error
        batch.append(Ready(new, nonce, stored, more=more))
        size += len(stored)
        if size > MOST_BATCH_BYTES:
            raise TogetherRefused(index, _too_much())
    return batch


def _too_much() -> InvalidValue:
    most = f"{MOST_BATCH_BYTES:,} bytes of BSON"
    return InvalidValue("", f"does not fit into the {most} that are written together; write less at once")

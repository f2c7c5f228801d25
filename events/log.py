"""The event log: append to a stream, read a stream, read the log in order."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pymongo.errors import PyMongoError

from events.appender import Appender
from events.batch import Append, LocalAppend
from events.claims import Holding
from events.codec import PLAIN, decoded
from events.commit import Commit, NewCommit, committed, encoded, from_stored, now
from events.counting import count_between, count_upto
from events.cutting import cut
from events.effects import Effects
from events.errors import (
    ClaimTaken,
    InvalidValue,
    LogUnavailable,
    RequestRepeated,
    TogetherRefused,
    VersionConflict,
)
from events.extent import ORDER, Extent, Place, Stretch, streams_of
from events.nonces import Nonces
from events.pages import BY_POSITION, Order, Pages
from events.position import (
    NO_STREAM,
    Position,
    StreamName,
    Version,
    beginning,
    end,
    partition_for,
)
from events.sharing import Sharing
from events.skips import Skips
from events.store import BY_VERSION, CLAIMS, COMMITS, DURABLE, MAJORITY, Database, identity, prepare, tail
from events.together import Together
from events.writer import MongoWriter


class EventLog:
    """The append-only log in one MongoDB database. One object per process; close it to send what waits.

    Promises: all events of an append or none; versions of a stream are 1, 2, 3…; positions of a partition
    are gap-free in commit order; what was acknowledged is on a majority of the nodes' disks.
    Does not promise: an order between commits of different partitions.
    """

    def __init__(self, database: Database, id: str, partitions: int, patience: float) -> None:
        self.id = id
        self.partitions = partitions
        self.skips = Skips(database)
        self.effects = Effects(database)
        self._database = database
        self._commits = database.get_collection(COMMITS, codec_options=PLAIN, read_concern=MAJORITY)
        self._pages = Pages(database)
        self._nonces = Nonces()
        self._listeners: list[Callable[[Position], None]] = []
        self._appenders = [
            Appender(MongoWriter(database, partition), patience=patience, announce=self._announce)
            for partition in range(partitions)
        ]
        self._together = Together(database, partitions, patience=patience, announce=self._announce)
        self._sharing: Sharing | None = None

    @classmethod
    async def open(
        cls,
        database: Database,
        *,
        partitions: int = 1,
        patience: float = 10.0,
        shared: Path | None = None,
    ) -> "EventLog":
        """Open the log, or create it with `partitions` (1..8192) where there is none.

        patience: seconds an append may wait for MongoDB before its caller is told LogUnavailable.
        shared:   a socket at which processes of this machine share one appender; see events/sharing.py.
        Raises:   LogMismatch when the log has another number of partitions; LogUnavailable.
        """
        try:
            id = await identity(database, partitions)
            await prepare(database)
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error
        log = cls(database, id, partitions, patience)
        await log.skips.refresh()
        if shared is not None:
            log._sharing = Sharing(shared, log._appenders, log._standing, patience / 2)
            log._sharing.start()
        return log

    async def close(self) -> None:
        """Send what waits, then stop appending."""
        if self._sharing is not None:
            await self._sharing.close()
        await self._together.close()
        await asyncio.gather(*(appender.close() for appender in self._appenders))

    def on_append(self, listener: Callable[[Position], None]) -> None:
        """Call `listener` with the last position of every batch this process appends."""
        self._listeners.append(listener)

    async def append(self, new: NewCommit) -> Commit:
        """Append the events of `new` to its stream: all of them, or none. Returns the commit as it stands.

        new.events:   0..500, together at most 12 MiB of BSON; their order is kept. None is allowed only
                      with a request key, whose answer the commit then is.
        new.expected: the version the decision was taken on; 0 means "no such stream yet".
        Raises:   VersionConflict: nothing was written; read and decide again.
                  RequestRepeated: nothing was written; `effects` tells the commit to answer from.
                  ClaimTaken: nothing was written; a unique value is held by another document.
                  InvalidValue: nothing was written; the commit is too large or no BSON can hold it.
                  LogUnavailable: `unknown` says whether it may have been written.
        Promises: a caller that goes away neither undoes nor halves its append.
        """
        nonce, at = self._nonces.next(), now()
        loop = asyncio.get_running_loop()
        append = LocalAppend(new, nonce, encoded(new, at, nonce), loop.time(), loop.create_future())
        partition = partition_for(new.stream, self.partitions)
        if self._sharing is None:
            self._appenders[partition].put(append)
        else:
            self._sharing.put(partition, append)
        return committed(new, await append.outcome, at)

    async def append_together(self, news: Sequence[NewCommit]) -> list[Commit]:
        """Append several commits, of any streams: all of them, or none. Returns them as they stand, in order.

        news:     1..1,000, together at most 12 MiB of BSON; each as `append` takes it. There may be several of
                  one stream, each counting on from the one before; a claim may be released and taken again.
        Raises:   TogetherRefused: nothing was written; it tells which commit is to blame, of several the
                  first that is known, and why: also where all are too large together.
                  InvalidValue: nothing was written; they are too many.
                  LogUnavailable: `unknown` says whether they may have been written.
        Promises: those of one partition stand at successive positions, in the order given. A reader of one
                  partition sees all of them or none. A caller that goes away neither undoes nor halves them.
        """
        if len(news) != 1:
            return await self._together.append(news, self._nonces)
        try:
            return [await self.append(news[0])]
        except (VersionConflict, RequestRepeated, ClaimTaken, InvalidValue) as error:
            raise TogetherRefused(0, error) from error

    async def read(self, stream: StreamName, *, after: Version = NO_STREAM) -> list[Commit]:
        """The commits of a stream whose versions come after `after`, in order. Empty: no such stream.

        Raises: LogUnavailable.
        """
        return await self._find({"stream": stream, "version": {"$gt": after}}, [("version", 1)])

    async def read_partition(
        self,
        partition: int,
        *,
        after: Position,
        limit: int,
        until: Position | None = None,
        collection: str | None = None,
    ) -> list[Commit]:
        """The next commits of a partition after `after`, in order: at most `limit`, and 16 MiB of them.

        There are none only where the log has none (yet). What was appended together comes in one page: it is
        longer by what is left of that, at most 999 commits and 12 MiB, and ends before what `until` cuts off.

        until:      the last position wanted; the end of the log where it is not given.
        collection: only commits of that collection's streams; a page may end anywhere between them.
        Raises:     LogUnavailable.
        Promises:   a reader that has seen n + 1 has seen n.
        """
        until = end(partition) if until is None else until
        query: dict[str, Any] = {"_id": {"$gt": after, "$lte": until}}
        if collection is not None:
            query["stream"] = streams_of(collection)
            return await self._page(query, limit)
        return await self._whole(await self._page(query, limit), until)

    async def read_extent(self, extent: Extent, *, after: Place | None, limit: int) -> Stretch:
        """The next page of an extent after `after`: it passes at most `limit` commits, and 16 MiB of them.

        Raises:   LogUnavailable.
        Promises: the commits of one extent are the same at all times, whatever is written meanwhile.
        """
        start, stop = extent.bounds(after)
        within = {"hint": BY_VERSION, "min": dict(start), "max": dict(stop)}
        commits, stored = [], None
        for stored in await self._guard(self._pages.find({}, ORDER, limit, **within)):
            if extent.holds(stored["_id"]):
                commits.append(from_stored(stored))
        return Stretch(commits, None if stored is None else extent.place_of(stored))

    async def cut(self, collection: str, shares: Sequence[int]) -> list[StreamName]:
        """The streams that all parts of a collection but the first begin with; see events/cutting.py.

        Raises: LogUnavailable.
        """
        begins: list[StreamName] = await self._guard(cut(self._commits, collection, shares))
        return begins

    async def head(self, partition: int) -> Position:
        """The last position of a partition, or its beginning when nothing was appended to it."""
        return Position(await self._guard(tail(self._commits, partition)))

    async def heads(self) -> dict[int, Position]:
        """The head of every partition."""
        partitions = range(self.partitions)
        found = await asyncio.gather(*(self.head(partition) for partition in partitions))
        return dict(zip(partitions, found, strict=True))

    async def holds(self, collection: str, floors: Mapping[int, int] | None = None) -> bool:
        """Whether a document of the collection was ever written.

        floors: partition -> position; what was written at or below it does not count: it was dropped since.
        """
        query: dict[str, Any] = {"stream": streams_of(collection), "version": {"$gt": 0}}
        if floors:
            query["$or"] = [
                {"_id": {"$gt": max(floors.get(part, 0), beginning(part)), "$lte": end(part)}}
                for part in range(self.partitions)
            ]
        return await self._guard(self._commits.find_one(query, {"_id": 1})) is not None

    async def count(self, *, after: Position, until: Position, collection: str) -> int:
        """How many commits of a collection lie after `after`, up to and including `until`, in one partition.

        Those without events do not count, here and below. Raises LogUnavailable.
        """
        counted: int = await self._guard(count_between(self._commits, collection, after, until))
        return counted

    async def count_upto(self, upto: Mapping[int, Position], collection: str) -> int:
        """How many of them lie up to and including these positions, one for each partition: for half the cost.

        Raises LogUnavailable.
        """
        counted: int = await self._guard(count_upto(self._commits, collection, upto))
        return counted

    async def holding(self, claim: str) -> Holding | None:
        """Who holds a claim; None when nobody does. Raises: LogUnavailable."""
        claims = self._database.get_collection(CLAIMS, read_concern=MAJORITY)
        found = await self._guard(claims.find_one({"_id": claim}))
        return None if found is None else Holding(claim, found["stream"], found["at"])

    async def release(self, holding: Holding) -> None:
        """Free a claim that its holder has no right to (any more); not if it changed hands since."""
        claims = self._database.get_collection(CLAIMS, write_concern=DURABLE)
        held = {"_id": holding.claim, "stream": holding.stream, "at": holding.at}
        await self._guard(claims.delete_one(held))

    async def release_claims(self, collection: str, *, upto: Mapping[int, int] | None = None) -> None:
        """Forget every unique value of a collection that was dropped.

        upto: partition -> position; values taken later, by the collection declared anew, are kept.
        """
        query: dict[str, Any] = {"_id": streams_of(collection)}
        if upto is not None:
            query["$or"] = [{"at": {"$gte": beginning(part), "$lte": last}} for part, last in upto.items()]
        await self._guard(self._database[CLAIMS].delete_many(query))

    async def _find(self, query: dict[str, Any], order: Order) -> list[Commit]:
        cursor = self._commits.find_raw_batches(query, sort=order)
        return list(map(from_stored, decoded(await self._guard(cursor.to_list()))))

    async def _page(self, query: dict[str, Any], limit: int) -> list[Commit]:
        return list(map(from_stored, await self._guard(self._pages.find(query, BY_POSITION, limit))))

    async def _whole(self, page: list[Commit], until: Position) -> list[Commit]:
        """The page with all of what was appended together, or nothing of it where it reaches beyond `until`."""
        more = page[-1].more if page else 0
        if not more:
            return page
        last = page[-1].position
        if last + more <= until:
            return page + await self._page({"_id": {"$gt": last, "$lte": last + more}}, more)
        while page and page[-1].more:
            page.pop()
        return page

    async def _guard(self, answer: Any) -> Any:
        try:
            return await answer
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error

    async def _standing(self, append: Append) -> tuple[bytes, Position] | None:
        """The nonce and position of the commit that stands where `append` wanted to go."""
        new = append.new
        at = {"stream": new.stream, "version": new.expected + 1} if new.events else {"request": new.request}
        found = await self._guard(self._commits.find_one(at, {"nonce": 1}))
        return None if found is None else (found["nonce"], Position(found["_id"]))

    def _announce(self, place: Position) -> None:
        for listener in self._listeners:
            listener(place)

"""Counting the commits of a collection that have events, in pieces: MongoDB answers each of them in time."""

from collections.abc import Mapping
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from events.extent import NAMES_AFTER, ORDER, Bound, streams_of
from events.position import Position, beginning
from events.store import BY_VERSION, Collection, tail

FETCHED_AT_ONCE = 100_000
INDEXED_AT_ONCE = 1_000_000

_ANY = {"$gt": 0}
_MOMENT_GONE = {239, 246}
"""SnapshotTooOld, SnapshotUnavailable."""


async def count_between(
    commits: Collection,
    collection: str,
    after: Position,
    until: Position,
    session: AsyncClientSession | None = None,
) -> int:
    """Those after `after`, up to and including `until`, in one partition. MongoDB fetches every one.

    Raises: PyMongoError.
    """
    total = 0
    for start in range(after, until, FETCHED_AT_ONCE):
        piece = {"$gt": start, "$lte": min(start + FETCHED_AT_ONCE, until)}
        query = {"_id": piece, "stream": streams_of(collection), "version": _ANY}
        total += await commits.count_documents(query, session=session)
    return total


async def count_upto(commits: Collection, collection: str, upto: Mapping[int, Position]) -> int:
    """Those up to and including these positions, one for each partition. Raises: PyMongoError.

    All there are is told by the index on stream and version alone, for half the cost; what lies beyond is
    mostly little. Both are as of one moment: MongoDB keeps it for five minutes by default, which is enough for
    some 600 million commits. Where it kept it for less, every one is fetched.
    """
    try:
        async with commits.database.client.start_session(snapshot=True) as session:
            total = await count_all(commits, collection, session)
            for partition, until in upto.items():
                head = await tail(commits, partition)
                total -= await count_between(commits, collection, until, head, session)
            return total
    except OperationFailure as error:
        if error.code not in _MOMENT_GONE:
            raise
    pieces = [
        await count_between(commits, collection, beginning(partition), until)
        for partition, until in upto.items()
    ]
    return sum(pieces)


async def count_all(commits: Collection, collection: str, session: AsyncClientSession | None = None) -> int:
    """All there are, in all partitions. Raises: PyMongoError."""
    total, place = 0, first_of(collection)
    most = await commits.estimated_document_count()
    while most - total > INDEXED_AT_ONCE and (
        found := await place_behind(commits, collection, place, INDEXED_AT_ONCE, session)
    ):
        total, place = total + INDEXED_AT_ONCE, found
    return total + await _left(commits, collection, place, session)


def first_of(collection: str) -> Bound:
    """The place that all commits of a collection are behind."""
    return [("stream", f"{collection}/"), ("version", 1)]


async def place_behind(
    commits: Collection, collection: str, place: Bound, count: int, session: AsyncClientSession | None = None
) -> Bound | None:
    """The place of the commit that is `count` ones behind that at a place; None: there are not so many.

    count: 0 for the first that there is at or behind the place; up to INDEXED_AT_ONCE.
    Raises: PyMongoError.
    """
    found = commits.find({}, {"_id": 0, "stream": 1, "version": 1}, hint=BY_VERSION, session=session)
    found = found.min(place).max([("stream", f"{collection}{NAMES_AFTER}"), ("version", 0)])
    first = await found.sort(ORDER).skip(count).limit(1).to_list()
    return [("stream", first[0]["stream"]), ("version", first[0]["version"])] if first else None


async def _left(commits: Collection, collection: str, place: Bound, session: AsyncClientSession | None) -> int:
    """Those from a place on, itself included: of its stream, and of the streams behind it."""
    (_, stream), (_, version) = place
    here: dict[str, Any] = {"stream": stream, "version": {"$gte": version}}
    behind = {"stream": {**streams_of(collection), "$gt": stream}, "version": _ANY}
    found = [await commits.count_documents(query, hint=BY_VERSION, session=session) for query in (here, behind)]
    return sum(found)

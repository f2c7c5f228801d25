"""Cutting a collection into parts of about the sizes that are wanted, by the streams that they begin with."""

from collections.abc import Sequence
from itertools import accumulate

from events import counting
from events.extent import streams_of
from events.position import StreamName
from events.store import Collection

SAMPLED = 100
"""Commits of the log that are looked at for each part."""

ENOUGH = 25
"""As many of them, for each part, as have to be of the collection; else its commits are counted."""


async def cut(commits: Collection, collection: str, shares: Sequence[int]) -> list[StreamName]:
    """The streams that all parts but the first begin with: less of them where there are few streams.

    shares: how large the parts are to be beside one another. They are so but for some tenths of their size, as
            chance has it, or exactly where the collection is a small part of the log, and its commits are
            counted: that takes a second for each million of them.
    Raises: PyMongoError.
    """
    sample = await _sample(commits, collection, SAMPLED * len(shares))
    if len(sample) < ENOUGH * len(shares):
        return await _counted(commits, collection, shares)
    return _distinct([sample[place] for place in _places(len(sample), shares)])


async def _sample(commits: Collection, collection: str, size: int) -> list[StreamName]:
    """The streams of those commits among `size` ones taken by chance that are of the collection, in order."""
    found = await commits.aggregate(
        [
            {"$sample": {"size": size}},
            {"$match": {"stream": streams_of(collection), "version": {"$exists": True}}},
            {"$project": {"_id": 0, "stream": 1}},
        ]
    )
    return sorted([StreamName(each["stream"]) async for each in found], key=str.encode)


async def _counted(commits: Collection, collection: str, shares: Sequence[int]) -> list[StreamName]:
    """Counts, and walks on from place to place."""
    total = await counting.count_all(commits, collection)
    place, passed = await counting.place_behind(commits, collection, counting.first_of(collection), 0), 0
    begins: list[StreamName] = []
    for wanted in _places(total, shares):
        while place is not None and passed < wanted:
            step = min(wanted - passed, counting.INDEXED_AT_ONCE)
            place, passed = await counting.place_behind(commits, collection, place, step), passed + step
        if place is not None:
            begins.append(place[0][1])
    return _distinct(begins)


def _places(total: int, shares: Sequence[int]) -> list[int]:
    """Where in a row of `total` all parts but the first begin."""
    return [total * before // sum(shares) for before in accumulate(shares[:-1])]


def _distinct(streams: Sequence[StreamName]) -> list[StreamName]:
    return list(dict.fromkeys(streams))

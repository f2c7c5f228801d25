"""Cutting a collection: parts that are whole, in order, and of the sizes that are wanted."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import pytest

from events import counting
from events.cutting import ENOUGH, SAMPLED, cut
from events.log import EventLog
from events.position import StreamName, stream_name
from events.store import COMMITS, Database
from tests.events.commits import new

EVEN = (1, 1, 1, 1)
PARTS = len(EVEN)
RARE = 20
"""MongoDB looks at all commits where it is to take more than one of so many by chance."""


@pytest.mark.parametrize("size", [SAMPLED * PARTS, (RARE + 1) * SAMPLED * PARTS])
async def test_parts_of_most_of_a_log_differ_by_no_more_than_chance_has_it(
    direct: EventLog, database: Database, size: int
) -> None:
    streams = [stream_name("orders", f"ö{number:05}") for number in range(size)]
    await _write(direct, streams)
    sizes = _sizes(streams, await cut(database[COMMITS], "orders", EVEN))
    assert len(sizes) == PARTS
    assert min(sizes) > size / PARTS / 3


async def test_a_small_part_of_a_log_is_cut_into_parts_of_one_size(
    direct: EventLog, database: Database
) -> None:
    """There are too few of it among those that are taken by chance."""
    streams = [stream_name("users", f"u{number:03}") for number in range(20)]
    assert len(streams) < ENOUGH * PARTS
    await _write(direct, [*streams, *(stream_name("orders", f"o{number}") for number in range(400))])
    assert _sizes(streams, await cut(database[COMMITS], "users", EVEN)) == [5, 5, 5, 5]


@pytest.mark.parametrize("piece", [1, 3, 1000])
@pytest.mark.parametrize(("shares", "sizes"), [((2, 1, 1), [10, 5, 5]), ((1, 3), [5, 15]), ((7,), [20])])
async def test_parts_are_as_large_as_is_wanted(
    direct: EventLog,
    database: Database,
    shares: Sequence[int],
    sizes: list[int],
    piece: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "INDEXED_AT_ONCE", piece)
    streams = [stream_name("users", f"u{number:03}") for number in range(20)]
    assert len(streams) < ENOUGH
    await _write(direct, streams)
    assert _sizes(streams, await cut(database[COMMITS], "users", shares)) == sizes


async def test_parts_by_a_sample_are_as_large_as_is_wanted_but_for_chance(
    direct: EventLog, database: Database
) -> None:
    streams = [stream_name("orders", f"o{number:05}") for number in range(4000)]
    await _write(direct, streams)
    large, *small = _sizes(streams, await cut(database[COMMITS], "orders", (8, 1, 1)))
    assert 2800 < large < 3600
    assert all(100 < each < 800 for each in small)


async def test_a_document_with_most_of_the_commits_is_not_cut(direct: EventLog, database: Database) -> None:
    for version in range(30):
        await direct.append(new("orders/o5", version))
    await direct.append(new("orders/o1"))
    await direct.append(new("orders/o9"))
    assert await cut(database[COMMITS], "orders", EVEN) == ["orders/o5"]


async def test_nothing_is_cut_where_there_is_nothing(direct: EventLog, database: Database) -> None:
    await direct.append(new("orders/o1"))
    assert await cut(database[COMMITS], "users", EVEN) == []


async def _write(log: EventLog, streams: Sequence[StreamName]) -> None:
    """One commit to each."""
    for start in range(0, len(streams), 1000):
        await log.append_together([new(stream) for stream in streams[start : start + 1000]])


def _sizes(streams: list[StreamName], begins: list[StreamName]) -> list[int]:
    """How many of the streams each part has; they are in the order of the bytes, and so must the parts be."""
    keys = [stream.encode() for stream in streams]
    edges = [0, *(bisect_right(keys, begin.encode()) - 1 for begin in begins), len(keys)]
    sizes = [after - before for before, after in pairwise(edges)]
    assert all(size >= 0 for size in sizes)
    return sizes

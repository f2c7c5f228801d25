"""Reading an extent: a collection as it was at one position, document by document, whatever is written."""

from collections.abc import Sequence
from contextlib import aclosing
from random import Random

import pytest

from events import scanning
from events.commit import Commit
from events.extent import Extent, Place
from events.log import EventLog
from events.position import Position, beginning, partition_of
from events.scanning import scan
from tests.events.commits import everything, new

STREAMS = (
    "orders/o1",
    "orders/o1.a",
    "orders/o10",
    "orders/o1~",
    "orders/O",
    "order/o1",
    "orders0/o1",
    "orders_/o",
)


async def test_an_extent_holds_the_commits_of_its_collection_up_to_its_positions(log: EventLog) -> None:
    await _write(log, Random(1), 60)
    commits = await everything(log)
    for upto in await _moments(log, commits):
        for limit in (1, 3, 1000):
            assert await _read(log, Extent("orders", upto, {}), limit) == _wanted(commits, upto, {})


async def test_an_extent_leaves_out_what_lies_at_or_below_the_floors(log: EventLog) -> None:
    await _write(log, Random(2), 60)
    commits = await everything(log)
    upto = list((await log.heads()).values())
    floors = {partition: beginning(partition) + 5 for partition in range(log.partitions)}
    assert await _read(log, Extent("orders", upto, floors), 7) == _wanted(commits, upto, floors)


async def test_an_extent_stays_the_same_while_others_write(log: EventLog) -> None:
    await _write(log, Random(3), 40)
    commits = await everything(log)
    upto = list((await log.heads()).values())
    extent, found, place = Extent("orders", upto, {}), [], None
    while (stretch := await log.read_extent(extent, after=place, limit=4)).end is not None:
        found += stretch.commits
        place = stretch.end
        await _write(log, Random(4), 5)
    assert found == _wanted(commits, upto, {})


async def test_what_is_later_than_the_extent_is_passed_a_stream_at_a_time(log: EventLog) -> None:
    await _write(log, Random(5), 40)
    nothing = [beginning(partition) for partition in range(log.partitions)]
    extent, place, pages = Extent("orders", nothing, {}), None, 0
    while (stretch := await log.read_extent(extent, after=place, limit=1)).end is not None:
        assert stretch.commits == []
        place = stretch.end
        pages += 1
    assert pages == len({commit.stream for commit in await everything(log) if _is_order(commit)})


@pytest.mark.parametrize("page", [1, 2, 500])
async def test_scanning_passes_every_commit_once(
    log: EventLog, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PAGE", page)
    await _write(log, Random(6), 30)
    upto = list((await log.heads()).values())
    async with aclosing(scan(log, Extent("orders", upto, {}))) as pages:
        found = [commit async for commits in pages for commit in commits]
    assert found == _wanted(await everything(log), upto, {})


async def test_a_page_is_as_long_as_was_asked_for(direct: EventLog) -> None:
    for number in range(300):
        await direct.append(new(f"orders/o{number:03}"))
    extent = Extent("orders", [await direct.head(0)], {})
    for limit in (1, 250, 1000):
        assert len((await direct.read_extent(extent, after=None, limit=limit)).commits) == min(limit, 300)


async def _write(log: EventLog, random: Random, count: int) -> None:
    """Write `count` commits of one to three events to random streams of several collections."""
    for _ in range(count):
        stream = random.choice(STREAMS)
        history = await log.read(new(stream).stream)
        version = history[-1].last_version if history else 0
        await log.append(new(stream, version, [*new().events] * random.randint(1, 3)))


async def _moments(log: EventLog, commits: Sequence[Commit]) -> list[list[Position]]:
    """Positions as the log had them: at the beginning, in the middle, now."""
    heads = await log.heads()
    middle = sorted(commits, key=lambda commit: commit.at)[len(commits) // 2].at
    return [
        [beginning(partition) for partition in heads],
        [
            max(
                (c.position for c in commits if partition_of(c.position) == partition and c.at <= middle),
                default=low,
            )
            for partition, low in ((partition, beginning(partition)) for partition in heads)
        ],
        list(heads.values()),
    ]


async def _read(log: EventLog, extent: Extent, limit: int) -> list[Commit]:
    found: list[Commit] = []
    place: Place | None = None
    while (stretch := await log.read_extent(extent, after=place, limit=limit)).end is not None:
        found += stretch.commits
        place = stretch.end
    return found


def _wanted(commits: Sequence[Commit], upto: Sequence[Position], floors: dict[int, Position]) -> list[Commit]:
    """The same, written down plainly."""
    wanted = [
        commit
        for commit in commits
        if _is_order(commit)
        and floors.get(partition_of(commit.position), 0)
        < commit.position
        <= upto[partition_of(commit.position)]
    ]
    return sorted(wanted, key=lambda commit: (commit.stream.encode(), commit.version))


def _is_order(commit: Commit) -> bool:
    return commit.stream.startswith("orders/")

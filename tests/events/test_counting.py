"""Commits are counted in pieces, and none is left out or counted twice where two pieces meet."""

import pytest
from pymongo.errors import OperationFailure

from events import counting
from events.errors import LogUnavailable
from events.log import EventLog
from events.position import beginning
from tests.events.commits import key, new


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
async def test_a_count_is_the_same_in_pieces_of_any_size(
    log: EventLog, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FETCHED_AT_ONCE", piece)
    for number in range(7):
        await log.append(new(f"{'orders' if number % 3 else 'notes'}/o{number}"))
    for partition, head in (await log.heads()).items():
        found = await log.read_partition(partition, after=beginning(partition), limit=10)
        for after in [beginning(partition), *(commit.position for commit in found)]:
            wanted = [each for each in found if each.position > after and each.stream.startswith("orders/")]
            assert await log.count(after=after, until=head, collection="orders") == len(wanted)


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 100])
async def test_a_count_of_all_is_the_same_in_pieces_of_any_size(
    log: EventLog, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Short and long histories, of this collection and its neighbours by name; and a commit without events."""
    monkeypatch.setattr(counting, "INDEXED_AT_ONCE", piece)
    histories = {"order/z": 2, "orders/a": 1, "orders/b": 7, "orders/c": 2, "orders0/a": 3, "orders2/a": 1}
    for stream, versions in histories.items():
        for version in range(versions):
            await log.append(new(stream, expected=version))
    await log.append(new("orders/a", expected=1, events=(), request=key(1)))
    stands = await log.heads()
    for late in ("orders/late", "orders0/late"):
        await log.append(new(late))
    assert await log.count_upto(stands, "orders") == 10
    assert await log.count_upto(await log.heads(), "orders") == 11
    nothing = {partition: beginning(partition) for partition in range(log.partitions)}
    assert await log.count_upto(nothing, "orders") == 0
    assert await log.count_upto(stands, "nothing") == 0


async def test_every_commit_is_fetched_where_the_moment_is_gone_that_is_counted_as_of(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB keeps moments for as long as minSnapshotHistoryWindowInSeconds says, which may be nothing."""
    for number in range(5):
        await log.append(new(f"orders/o{number}"))
    stands = await log.heads()
    await log.append(new("orders/late"))

    def failing(code: int) -> None:
        async def too_late(*_: object) -> int:
            raise OperationFailure("Read timestamp is older than the oldest available timestamp", code)

        monkeypatch.setattr(counting, "count_all", too_late)

    for code in (239, 246):
        failing(code)
        assert await log.count_upto(stands, "orders") == 5
    failing(1)
    with pytest.raises(LogUnavailable):
        await log.count_upto(stands, "orders")

"""Commits are counted in pieces, and none is left out or counted twice where two pieces meet."""

import pytest

from events import log as of_the_log
from events.log import EventLog
from events.position import beginning
from tests.events.commits import new


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
async def test_a_count_is_the_same_in_pieces_of_any_size(
    log: EventLog, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_the_log, "COUNTED_AT_ONCE", piece)
    for number in range(7):
        await log.append(new(f"{'orders' if number % 3 else 'notes'}/o{number}"))
    for partition, head in (await log.heads()).items():
        found = await log.read_partition(partition, after=beginning(partition), limit=10)
        for after in [beginning(partition), *(commit.position for commit in found)]:
            wanted = [each for each in found if each.position > after and each.stream.startswith("orders/")]
            assert await log.count(after=after, until=head, collection="orders") == len(wanted)

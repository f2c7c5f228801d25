"""What every event log promises, clause by clause: each is a function over an empty log.

`test_log_contract.py` holds the real log to them, and a log that does nothing against them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import pytest

from events.claims import Holding
from events.commit import MOST_EVENTS, Commit, Event, NewCommit
from events.effects import Effect
from events.errors import InvalidValue, RequestRepeated, VersionConflict
from events.position import (
    NO_STREAM,
    Position,
    StreamName,
    Version,
    beginning,
    partition_for,
    partition_of,
    stream_name,
)
from tests.events.commits import ALL, CREATED, NUMBER, counted, effect_of, everything, key, new

ORDER = stream_name("orders", "o1")


class Lookup(Protocol):
    """The verbs of looking requests up."""

    async def find(self, request: bytes) -> Effect | None: ...
    async def of(self, requests: Iterable[bytes]) -> dict[bytes, Effect]: ...
    async def between(self, first: bytes, last: bytes) -> dict[bytes, Effect]: ...


class Log(Protocol):
    """The verbs of an event log."""

    partitions: int

    @property
    def effects(self) -> Lookup: ...
    async def append(self, new: NewCommit) -> Commit: ...
    async def append_together(self, news: Sequence[NewCommit]) -> list[Commit]: ...
    async def read(self, stream: StreamName, *, after: Version = NO_STREAM) -> list[Commit]: ...
    async def read_partition(
        self,
        partition: int,
        *,
        after: Position,
        limit: int,
        until: Position | None = None,
        collection: str | None = None,
    ) -> list[Commit]: ...
    async def head(self, partition: int) -> Position: ...
    async def holds(self, collection: str, floors: Mapping[int, int] | None = None) -> bool: ...
    async def count(self, *, after: Position, until: Position, collection: str) -> int: ...
    async def holding(self, claim: str) -> Holding | None: ...
    async def release(self, holding: Holding) -> None: ...
    async def release_claims(self, collection: str, *, upto: Mapping[int, int] | None = None) -> None: ...


Clause = Callable[[Log], Awaitable[None]]


class Contract(list[Clause]):
    """Clauses, in the order they were written."""

    def clause(self, function: Clause) -> Clause:
        """Add a clause."""
        self.append(function)
        return function


COMMITS = Contract()


@COMMITS.clause
async def what_an_append_answers_is_what_is_read(log: Log) -> None:
    commit = await log.append(
        new(ORDER, request=key(1), digest=key(2), trace="00-ab-cd-01", cause=Position(2**52))
    )
    assert await log.read(ORDER) == [commit]
    assert (commit.actor, commit.digest, commit.trace, commit.cause) == (
        "user:ada",
        key(2),
        "00-ab-cd-01",
        2**52,
    )


@COMMITS.clause
async def all_events_of_a_commit_are_kept_in_their_order(log: Log) -> None:
    events = counted(*range(MOST_EVENTS))
    await log.append(new(ORDER, events=events))
    [commit] = await log.read(ORDER)
    assert commit.events == events
    assert (commit.version, commit.last_version) == (1, MOST_EVENTS)


@COMMITS.clause
async def versions_count_every_event_of_a_stream(log: Log) -> None:
    await log.append(new(ORDER, 0, counted(1, 2, 3)))
    await log.append(new(ORDER, 3, counted(4)))
    await log.append(new(ORDER, 4, counted(5, 6)))
    assert [(commit.version, commit.last_version) for commit in await log.read(ORDER)] == [
        (1, 3),
        (4, 4),
        (5, 6),
    ]


@COMMITS.clause
async def a_stale_decision_is_refused_and_leaves_nothing(log: Log) -> None:
    first = await log.append(new(ORDER))
    with pytest.raises(VersionConflict) as refused:
        await log.append(new(ORDER, 0, counted(2), taken=(NUMBER,)))
    assert (refused.value.stream, refused.value.expected) == (ORDER, 0)
    assert await everything(log) == [first]
    await log.append(new("orders/o2", taken=(NUMBER,)))


@COMMITS.clause
async def a_stream_is_read_after_a_version(log: Log) -> None:
    commits = [await log.append(new(ORDER, version, counted(version))) for version in range(3)]
    assert await log.read(ORDER, after=Version(1)) == commits[1:]
    assert await log.read(ORDER, after=Version(3)) == []


@COMMITS.clause
async def a_stream_holds_its_own_commits_only(log: Log) -> None:
    mine = await log.append(new(ORDER))
    await log.append(new("orders/o10"))
    await log.append(new("orders2/o1"))
    assert await log.read(ORDER) == [mine]
    assert await log.read(StreamName("orders/o")) == []


@COMMITS.clause
async def a_stream_lies_in_one_partition_for_ever(log: Log) -> None:
    for version in range(3):
        for stream in ("orders/o1", "orders/o2", "users/ada"):
            commit = await log.append(new(stream, version))
            assert partition_of(commit.position) == partition_for(StreamName(stream), log.partitions)
    assert len(await everything(log)) == 9


@COMMITS.clause
async def positions_of_a_partition_count_on_without_gaps(log: Log) -> None:
    appended = [await log.append(new(f"orders/o{n}")) for n in range(20)]
    with pytest.raises(VersionConflict):
        await log.append(new("orders/o3"))
    appended.append(await log.append(new("orders/o3", 1)))
    assert await everything(log) == sorted(appended, key=lambda commit: commit.position)
    for partition in range(log.partitions):
        there = [c.position for c in appended if partition_of(c.position) == partition]
        assert there == [beginning(partition) + n for n in range(1, len(there) + 1)]
        assert await log.head(partition) == beginning(partition) + len(there)


@COMMITS.clause
async def a_partition_is_read_in_pieces(log: Log) -> None:
    commits = [await log.append(new(ORDER, version)) for version in range(5)]
    partition = partition_for(ORDER, log.partitions)
    start = beginning(partition)
    assert await log.read_partition(partition, after=start, limit=2) == commits[:2]
    assert await log.read_partition(partition, after=commits[1].position, limit=2) == commits[2:4]
    assert await log.read_partition(partition, after=commits[4].position, limit=2) == []
    until = commits[3].position
    assert await log.read_partition(partition, after=start, until=until, limit=ALL) == commits[:4]


@COMMITS.clause
async def one_collection_of_a_partition_can_be_read_counted_and_missed(log: Log) -> None:
    appended = [await log.append(new(stream)) for stream in ("orders/a", "orders2/a", "orders/b", "order/a")]
    orders = [appended[0], appended[2]]
    found: list[Commit] = []
    count = 0
    for partition in range(log.partitions):
        start, head = beginning(partition), await log.head(partition)
        found += await log.read_partition(partition, after=start, limit=ALL, collection="orders")
        count += await log.count(after=start, until=head, collection="orders")
    assert sorted(found, key=lambda commit: commit.stream) == orders
    assert count == 2
    assert await log.holds("orders")
    assert not await log.holds("orders3")
    heads = {part: await log.head(part) for part in range(log.partitions)}
    assert not await log.holds("orders", heads)
    assert await log.holds(
        "orders", {part: heads[part] - 1 for part in heads if heads[part] == orders[1].position}
    )


@COMMITS.clause
async def a_request_key_has_one_effect(log: Log) -> None:
    commit = await log.append(new(ORDER, request=key(7)))
    with pytest.raises(RequestRepeated) as refused:
        await log.append(new(ORDER, 1, request=key(7)))
    assert refused.value.request == key(7)
    assert await log.effects.find(key(7)) == effect_of(commit)
    assert await log.effects.find(key(8)) is None
    assert await log.read(ORDER) == [commit]


@COMMITS.clause
async def a_key_alone_leaves_a_commit_that_moves_no_version(log: Log) -> None:
    await log.append(new(ORDER))
    answer = await log.append(new(ORDER, 1, events=(), request=key(7)))
    assert (answer.version, answer.events) == (0, [])
    assert await log.effects.find(key(7)) == effect_of(answer)
    following = await log.append(new(ORDER, 1))
    assert following.version == 2
    assert following.position == answer.position + 1
    assert [commit.version for commit in await log.read(ORDER)] == [1, 2]


@COMMITS.clause
async def a_commit_of_nothing_is_refused(log: Log) -> None:
    with pytest.raises(InvalidValue):
        await log.append(new(ORDER, events=()))


@COMMITS.clause
async def more_than_500_events_are_refused(log: Log) -> None:
    with pytest.raises(InvalidValue):
        await log.append(new(ORDER, events=counted(*range(MOST_EVENTS + 1))))


@COMMITS.clause
async def a_repeated_request_is_told_before_a_stale_decision(log: Log) -> None:
    commit = await log.append(new(ORDER, request=key(7)))
    with pytest.raises(RequestRepeated):
        await log.append(new(ORDER, request=key(7)))
    assert await log.read(ORDER) == [commit]


@COMMITS.clause
async def what_can_not_be_stored_is_refused(log: Log) -> None:
    for data in (
        {"n": 2**63},
        {"n": -(2**63) - 1},
        {"a\0b": 1},
        {"text": "\ud800"},
        {"no": {1, 2}},
        _deep(200),
    ):
        with pytest.raises(InvalidValue):
            await log.append(new(ORDER, events=[Event("created", data)]))
    kept = await log.append(new(ORDER, events=[CREATED]))
    assert await everything(log) == [kept]


def _deep(levels: int) -> dict[str, object]:
    data: dict[str, object] = {}
    for _ in range(levels):
        data = {"deeper": data}
    return data

"""Commits to append, and what the log must show of them."""

from collections.abc import Iterable, Sequence
from itertools import count, islice, pairwise
from typing import Any, Protocol

from events.commit import Commit, Event, NewCommit
from events.effects import Effect
from events.errors import LogError
from events.position import Position, StreamName, Version, beginning, partition_for, stream_name

CREATED = Event("created", {"number": 1007, "status": "new"})
NUMBER = "orders/number/1007"
"""A claim on the number of CREATED."""
ALL = 100_000


class Readable(Protocol):
    """As much of a log as it takes to read it in order."""

    partitions: int

    async def read_partition(self, partition: int, *, after: Position, limit: int) -> list[Commit]: ...


def new(
    stream: str = "orders/o1", expected: int = 0, events: Sequence[Event] = (CREATED,), **more: Any
) -> NewCommit:
    """A commit to append; `more` as NewCommit has it."""
    return NewCommit(StreamName(stream), Version(expected), list(events), "user:ada", **more)


def effect_of(commit: Commit) -> Effect:
    """What the log tells of the commit when it is asked for its request."""
    assert commit.request is not None
    return Effect(
        commit.request,
        commit.digest,
        commit.stream,
        commit.last_version if commit.events else Version(0),
        commit.position,
        commit.cause,
        commit.events[0].type if commit.events else None,
    )


def neighbours(number: int, partitions: int, partition: int = 0) -> list[StreamName]:
    """The names of `number` streams that lie in one partition."""
    names = (stream_name("orders", f"o{n}") for n in count(1))
    return list(islice((name for name in names if partition_for(name, partitions) == partition), number))


def counted(*numbers: int) -> list[Event]:
    """Events that can be told apart."""
    return [Event("counted", {"n": number}) for number in numbers]


def key(number: int) -> bytes:
    """A request key."""
    return number.to_bytes(16, "big")


async def everything(log: Readable) -> list[Commit]:
    """All commits of all partitions. Fails when a position or a version is missing, or there twice."""
    commits = [commit for n in range(log.partitions) for commit in await whole_partition(log, n)]
    assert_versions_count_on(commits)
    return commits


async def whole_partition(log: Readable, partition: int = 0) -> list[Commit]:
    """All commits of a partition, in order. Fails at a gap."""
    commits: list[Commit] = []
    after = beginning(partition)
    while page := await log.read_partition(partition, after=after, limit=ALL):
        commits += page
        after = page[-1].position
    assert_no_gap(beginning(partition), commits)
    return commits


def assert_no_gap(after: int, commits: Sequence[Commit]) -> None:
    """The commits stand at the positions right after `after`, in order."""
    assert [commit.position for commit in commits] == list(range(after + 1, after + 1 + len(commits)))


def assert_versions_count_on(commits: Iterable[Commit]) -> None:
    """In every stream the versions are 1, 2, 3…"""
    streams: dict[str, list[Commit]] = {}
    for commit in commits:
        if commit.version:
            streams.setdefault(commit.stream, []).append(commit)
    for stream, history in streams.items():
        assert history[0].version == 1, stream
        assert all(late.version == early.last_version + 1 for early, late in pairwise(history)), stream


def won(outcomes: Iterable[Commit | BaseException]) -> list[Commit]:
    """The outcomes that are commits, by position. Fails when another is no refusal by the log."""
    ends = list(outcomes)
    assert all(isinstance(end, Commit | LogError) for end in ends), ends
    return sorted(end for end in ends if isinstance(end, Commit))


def lost(outcomes: Iterable[Commit | BaseException]) -> list[BaseException]:
    """The outcomes that are errors."""
    return [end for end in outcomes if isinstance(end, BaseException)]

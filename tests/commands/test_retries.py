"""Retrying on conflict has an end, and pauses in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.asynchronous.database import AsyncDatabase

from app.embedded import Running
from commands import execution
from commands.claims import NO_CLAIMS
from commands.condition import ANY, Condition
from commands.decider import Decider
from commands.errors import ConditionFailed
from commands.execution import Order
from events.commit import Commit, Event, NewCommit, now, to_stored
from events.errors import VersionConflict
from events.position import Position, StreamName, Version
from tests.commands.processes import Process

STREAM = StreamName("counters/c1")
ADDED = Event("added", {})


@dataclass
class Rival:
    """Another writer, who always is faster: it appends to the stream between our reading and our append."""

    commits: Any
    times: int
    came: int = 0

    def append(self, expected: int) -> None:
        """Append the next version of the stream, unless it came often enough."""
        if self.came < self.times:
            self.came += 1
            last = self.commits.find_one(sort=[("_id", -1)])
            new = NewCommit(STREAM, Version(expected), [ADDED], "user:rival")
            place = 1 if last is None else last["_id"] + 1
            self.commits.insert_one({"_id": place, **to_stored(new, now(), bytes(8))})


@pytest.fixture
def commits(mongod: Running, database: AsyncDatabase[dict[str, Any]]) -> Iterator[Any]:
    """The log's commits, behind its back."""
    with MongoClient[dict[str, Any]](mongod.url) as client:
        yield client[database.name]["commits"]


def counting(rival: Rival) -> Decider[str, int]:
    """A decider that counts; while it decides, the rival appends."""

    def decide(_: str, count: int) -> list[Event]:
        rival.append(count)
        return [ADDED]

    def evolve(count: int, commit: Commit) -> int:
        return count + len(commit.events)

    return Decider(0, decide, evolve, lambda n: {"n": n}, lambda kept: int(kept["n"]), 1, lambda _: 8)


def order(rival: Rival, condition: Condition = ANY) -> Order[str, int]:
    return Order(
        STREAM,
        "add",
        counting(rival),
        "user:ada",
        exists=lambda count: count > 0,
        check=lambda _: None,
        claims=lambda before, after: NO_CLAIMS,
        condition=condition,
    )


async def test_a_command_is_decided_again_until_it_gets_through(one: Process, commits: Any) -> None:
    rival = Rival(commits, times=3)
    executed = await one.executor.execute(order(rival))
    assert (executed.before.state, executed.after.state) == (3, 4)
    assert [commit.actor for commit in await one.log.read(STREAM)] == ["user:rival"] * 3 + ["user:ada"]


async def test_a_command_gives_up_against_rivals_that_never_rest(
    one: Process, commits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "MOST_ATTEMPTS", 6)
    rival = Rival(commits, times=1000)
    with pytest.raises(VersionConflict):
        await one.executor.execute(order(rival))
    assert rival.came == 6
    assert {commit.actor for commit in await one.log.read(STREAM)} == {"user:rival"}


async def test_a_demanded_version_is_not_tried_again(one: Process, commits: Any) -> None:
    rival = Rival(commits, times=1)
    await one.executor.execute(order(Rival(commits, times=0)))
    demanded = Condition(versions=frozenset({Position(1)}))
    with pytest.raises(ConditionFailed) as refused:
        await one.executor.execute(order(rival, demanded))
    assert refused.value.version == 2
    assert rival.came == 1


async def test_a_stream_is_free_again_after_a_command_gave_up(
    one: Process, commits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "MOST_ATTEMPTS", 2)
    with pytest.raises(VersionConflict):
        await one.executor.execute(order(Rival(commits, times=1000)))
    executed = await one.executor.execute(order(Rival(commits, times=0)))
    assert executed.after.version == 3

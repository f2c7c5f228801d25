"""What every event log promises about commits that are appended together; see tests/events/contract.py."""

from collections.abc import Sequence

import pytest

from events.claims import Holding
from events.commit import MOST_COMMIT_BYTES, Commit, Event, NewCommit
from events.errors import (
    ClaimTaken,
    FoldbaseError,
    InvalidValue,
    RequestRepeated,
    TogetherRefused,
    VersionConflict,
)
from events.position import beginning, partition_of, stream_name
from tests.events.commits import NUMBER, counted, effect_of, everything, key, neighbours, new
from tests.events.contract import Contract, Log

ORDER = stream_name("orders", "o1")
MANY = [f"orders/o{n}" for n in range(2, 40)]
OTHER = "orders/number/1008"
TOGETHER = Contract()


async def refused(log: Log, *news: NewCommit) -> tuple[int, FoldbaseError]:
    """Append together in vain; which is to blame, and why. Nothing of it is there."""
    before = await everything(log)
    with pytest.raises(TogetherRefused) as told:
        await log.append_together(news)
    assert await everything(log) == before
    return told.value.index, told.value.error


def followers(commits: Sequence[Commit]) -> list[int]:
    """How many of the commits after each are of its partition."""
    parts = [partition_of(commit.position) for commit in commits]
    return [parts[place + 1 :].count(part) for place, part in enumerate(parts)]


@TOGETHER.clause
async def what_is_appended_together_stands_in_the_given_order(log: Log) -> None:
    before = await log.append(new(ORDER))
    commits = await log.append_together([new(name, events=counted(n)) for n, name in enumerate(MANY)])
    assert [commit.stream for commit in commits] == MANY
    assert [commit.events for commit in commits] == [counted(n) for n in range(len(MANY))]
    assert await everything(log) == sorted([before, *commits])


@TOGETHER.clause
async def every_commit_tells_how_many_follow_in_its_partition(log: Log) -> None:
    commits = await log.append_together([new(name) for name in MANY])
    assert [commit.more for commit in commits] == followers(commits)
    assert [commit.more for commit in await everything(log)] == [commit.more for commit in sorted(commits)]
    assert (await log.append(new(ORDER))).more == 0


@TOGETHER.clause
async def several_of_one_stream_count_on(log: Log) -> None:
    await log.append(new(ORDER))
    commits = await log.append_together(
        [new(ORDER, 1, counted(1, 2)), new("orders/o2"), new(ORDER, 3, counted(3)), new("orders/o2", 1)]
    )
    assert [commit.version for commit in commits] == [2, 1, 4, 2]
    assert await log.read(ORDER, after=commits[0].last_version) == [commits[2]]
    assert len(await everything(log)) == 5


@TOGETHER.clause
async def one_commit_alone_is_a_batch_too(log: Log) -> None:
    [commit] = await log.append_together([new(ORDER, taken=(NUMBER,))])
    assert await log.read(ORDER) == [commit]
    index, error = await refused(log, new("orders/o2", taken=(NUMBER,)))
    assert (index, type(error)) == (0, ClaimTaken)


@TOGETHER.clause
async def a_stale_decision_among_them_refuses_them_all(log: Log) -> None:
    await log.append(new(ORDER))
    index, error = await refused(
        log, new("orders/o2"), new("orders/o3", taken=(NUMBER,)), new(ORDER), new("orders/o4")
    )
    assert index == 2
    assert isinstance(error, VersionConflict)
    assert (error.stream, error.expected) == (ORDER, 0)
    assert await log.holding(NUMBER) is None


@TOGETHER.clause
async def two_decisions_on_one_version_refuse_them_all(log: Log) -> None:
    index, error = await refused(log, new("orders/o2"), new(ORDER), new(ORDER))
    assert (index, type(error)) == (2, VersionConflict)


@TOGETHER.clause
async def a_repeated_request_among_them_refuses_them_all(log: Log) -> None:
    await log.append(new(ORDER, request=key(7)))
    index, error = await refused(log, new("orders/o2", request=key(8)), new("orders/o3", request=key(7)))
    assert index == 1
    assert isinstance(error, RequestRepeated)
    assert error.request == key(7)
    assert await log.effects.find(key(8)) is None


@TOGETHER.clause
async def a_taken_claim_among_them_refuses_them_all(log: Log) -> None:
    await log.append(new(ORDER, taken=(NUMBER,)))
    index, error = await refused(
        log, new("orders/o2", taken=(OTHER,)), new("orders/o3"), new("orders/o4", taken=("orders/x", NUMBER))
    )
    assert index == 2
    assert isinstance(error, ClaimTaken)
    assert error.claim == NUMBER
    assert await log.holding(OTHER) is None


@TOGETHER.clause
async def what_can_not_be_stored_refuses_them_all(log: Log) -> None:
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"deeper": deep}
    for data in ({"n": 2**63}, {"text": "\ud800"}, deep):
        events = [Event("created", data)]
        index, error = await refused(log, new("orders/o2"), new(ORDER, events=events), new("orders/o3"))
        assert (index, type(error)) == (1, InvalidValue)
    index, error = await refused(log, new("orders/o2"), new(ORDER, events=()))
    assert (index, type(error)) == (1, InvalidValue)


@TOGETHER.clause
async def of_several_refusals_the_first_is_told(log: Log) -> None:
    await log.append(new(ORDER, request=key(7), taken=(NUMBER,)))
    claiming, stale, repeated = (
        new("orders/o2", taken=(NUMBER,)),
        new(ORDER),
        new("orders/o3", request=key(7)),
    )
    for wrong in ([claiming, stale], [stale, repeated], [repeated, claiming], [claiming, repeated, stale]):
        index, error = await refused(log, new("orders/o4"), *wrong)
        expected = {"orders/o2": ClaimTaken, "orders/o3": RequestRepeated, ORDER: VersionConflict}
        assert (index, type(error)) == (1, expected[wrong[0].stream])


@TOGETHER.clause
async def every_request_key_leads_to_its_own_commit(log: Log) -> None:
    commits = await log.append_together(
        [
            new(ORDER, request=key(1)),
            new("orders/o2", request=key(2)),
            new(ORDER, 1, events=(), request=key(3)),
        ]
    )
    effects = {effect.request: effect for effect in map(effect_of, commits)}
    assert await log.effects.of(key(n) for n in (1, 2, 3, 4)) == effects
    assert await log.effects.between(key(1), key(3)) == effects
    assert [await log.effects.find(key(n)) for n in (1, 2, 3)] == list(effects.values())
    assert [commit.version for commit in commits] == [1, 1, 0]


@TOGETHER.clause
async def a_claim_goes_from_hand_to_hand_among_them(log: Log) -> None:
    await log.append(new(ORDER, taken=(NUMBER,)))
    commits = await log.append_together(
        [
            new(ORDER, 1, released=(NUMBER,)),
            new("orders/o2", taken=(NUMBER,)),
            new("orders/o2", 1, released=(NUMBER,), taken=(OTHER,)),
            new("orders/o3", taken=(NUMBER,)),
        ]
    )
    assert await log.holding(NUMBER) == Holding(NUMBER, commits[3].stream, commits[3].position)
    assert await log.holding(OTHER) == Holding(OTHER, commits[2].stream, commits[2].position)


@TOGETHER.clause
async def a_claim_released_too_late_among_them_is_taken(log: Log) -> None:
    await log.append(new(ORDER, taken=(NUMBER,)))
    index, error = await refused(log, new("orders/o2", taken=(NUMBER,)), new(ORDER, 1, released=(NUMBER,)))
    assert (index, type(error)) == (0, ClaimTaken)


@TOGETHER.clause
async def none_or_too_many_or_too_large_together_are_refused(log: Log) -> None:
    large = [Event("created", {"text": "x" * (MOST_COMMIT_BYTES // 3)})]
    for news in ([], [new(f"orders/o{n}") for n in range(1001)]):
        with pytest.raises(InvalidValue):
            await log.append_together(news)
    with pytest.raises(TogetherRefused) as refused:
        await log.append_together([new(f"orders/o{n}", events=large) for n in range(3)])
    assert refused.value.index == 2
    assert await everything(log) == []
    assert len(await log.append_together([new(f"orders/o{n}") for n in range(1000)])) == 1000


@TOGETHER.clause
async def a_reader_gets_all_or_nothing_of_them_whatever_it_asks_for(log: Log) -> None:
    names = neighbours(15, log.partitions)
    first = await log.append(new(names[0]))
    commits = await log.append_together([new(name) for name in names[1:14]])
    last = await log.append(new(names[14]))
    whole = [first, *commits, last]
    for limit in range(1, 17):
        page = await log.read_partition(0, after=beginning(0), limit=limit)
        assert page == whole[: limit if limit in (1, 15) else min(max(limit, 14), 15)]
        page = await log.read_partition(0, after=first.position, limit=limit)
        assert page == whole[1 : 15 if limit > 13 else 14]
    for until in commits[:-1]:
        assert await log.read_partition(0, after=beginning(0), limit=99, until=until.position) == [first]
        assert await log.read_partition(0, after=first.position, limit=1, until=until.position) == []
    until = commits[-1]
    assert await log.read_partition(0, after=beginning(0), limit=2, until=until.position) == whole[:14]

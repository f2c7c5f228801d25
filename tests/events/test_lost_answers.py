"""Appends of unknown outcome: whatever the wire lost, every one is settled, once, in order, without a gap."""

from functools import partial

import pytest

from events.errors import VersionConflict
from events.log import EventLog
from tests.events.commits import everything, new, won
from tests.events.racing import collide, deferred, followed, until
from tests.events.wire import Fate, Wire

INSERT, FIND = "insert commits", "find commits"


failures = pytest.mark.parametrize(
    "fates",
    [
        [Fate.LOST],
        [Fate.ANSWER_LOST],
        [Fate.SWALLOWED],
        [Fate.LATE],
        [Fate.LOST, Fate.LOST, Fate.LOST],
        [Fate.LOST, Fate.ANSWER_LOST],
        [Fate.LATE, Fate.LATE],
        [Fate.LATE, Fate.ANSWER_LOST],
    ],
    ids=lambda fates: "-".join(fate.name.lower() for fate in fates),
)


@failures
async def test_a_lost_append_is_stored_once(
    wire: Wire, wired: EventLog, direct: EventLog, fates: list[Fate]
) -> None:
    first = await wired.append(new("orders/before"))
    wire.expect(INSERT, *fates)
    commit = await wired.append(new("orders/o1"))
    assert wire.met
    await assert_late_twins_change_nothing(wire)
    after = await wired.append(new("orders/after"))
    assert await everything(direct) == [first, commit, after]


@failures
async def test_a_lost_batch_is_stored_once_and_in_order(
    wire: Wire, wired: EventLog, direct: EventLog, fates: list[Fate]
) -> None:
    await wired.append(new("orders/taken"))
    wire.expect(INSERT, *fates)
    streams = [f"orders/{n}" for n in range(40)]
    streams[7] = streams[23] = streams[24] = "orders/taken"
    async with followed(direct) as seen:
        outcomes = await collide(*(partial(wired.append, new(stream)) for stream in streams))
        await assert_late_twins_change_nothing(wire)
    assert wire.met
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, VersionConflict)] == [7, 23, 24]
    assert seen[1:] == won(outcomes)


async def test_the_tail_is_asked_for_until_it_is_known(wire: Wire, wired: EventLog, direct: EventLog) -> None:
    wire.expect(FIND, Fate.LOST, Fate.ANSWER_LOST, Fate.LOST, Fate.LOST)
    commit = await wired.append(new())
    assert wire.met
    assert await everything(direct) == [commit]


async def test_reading_back_is_repeated_until_it_is_answered(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    first = await wired.append(new("orders/before"))
    wire.expect(INSERT, Fate.ANSWER_LOST)
    wire.expect(FIND, Fate.LOST, Fate.ANSWER_LOST, Fate.LOST, Fate.LOST)
    commit = await wired.append(new())
    assert wire.met
    assert await everything(direct) == [first, commit]


async def test_a_late_twin_that_comes_before_the_second_sending_is_taken_for_it(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect(INSERT, *[Fate.LATE] * 100)
    racing = collide(*(partial(wired.append, new(f"orders/{n}")) for n in range(20)))
    async with deferred(racing) as outcomes:
        await until(lambda: len(wire.late) >= 2)
        assert (await wire.deliver())["n"] == 20
        wire.heal()
    await assert_late_twins_change_nothing(wire)
    assert await everything(direct) == won(outcomes)
    assert len(won(outcomes)) == 20


async def test_a_late_twin_whose_place_was_taken_stores_nothing(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect(INSERT, *[Fate.LATE] * 100)
    racing = collide(*(partial(wired.append, new(f"orders/{n}")) for n in range(20)))
    async with deferred(racing) as outcomes:
        await until(lambda: len(wire.late) >= 2)
        other = await direct.append(new("orders/other"))
        assert (await wire.deliver())["n"] == 0
        wire.heal()
    await assert_late_twins_change_nothing(wire)
    assert await everything(direct) == [other, *won(outcomes)]
    assert len(won(outcomes)) == 20


async def assert_late_twins_change_nothing(wire: Wire) -> None:
    """Whatever was kept back is brought now, and finds its place taken."""
    while wire.late:
        answer = await wire.deliver()
        assert answer["n"] == 0
        assert answer["writeErrors"][0]["keyPattern"] == {"_id": 1}

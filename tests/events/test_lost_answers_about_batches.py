"""Batches of unknown outcome: stored once and whole, or not at all, and what is told of them is true."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from app.embedded import Running
from events import orphans
from events.commit import NewCommit
from events.errors import LogUnavailable, TogetherRefused, VersionConflict
from events.log import EventLog
from events.store import Database
from tests.events.batches import batch, seen_whole
from tests.events.commits import NUMBER, everything, new
from tests.events.logs import IMPATIENT, another
from tests.events.racing import deferred, until
from tests.events.wire import Fate, Wire

LOST, ANSWER_LOST, LATE = Fate.LOST, Fate.ANSWER_LOST, Fate.LATE
FOR_EVER = 1000


@pytest.fixture
async def hasty(
    wire: Wire, mongod: Running, database: Database, direct: EventLog, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EventLog]:
    """The same log as `direct`, over the wire, that does not wait for long. What it leaves open is ended."""
    async with another(wire.url, database.name, patience=1.5, appname="foldbase", **IMPATIENT) as log:
        assert log.id == direct.id
        yield log
    monkeypatch.setattr(orphans, "IDLE", 0.0)
    cleaning: AsyncMongoClient[Any] = AsyncMongoClient(mongod.url, appname="foldbase")
    async with cleaning:
        await orphans.end_orphans(cleaning)


def some() -> list[NewCommit]:
    """Eight commits: four with claims of their own, one of which is released by the first of them."""
    return [
        new("orders/old", 1, released=(NUMBER,)),
        *batch("b", 6, claiming=True),
        new("orders/n", taken=(NUMBER,)),
    ]


@pytest.mark.parametrize(
    "fates",
    [
        {"commitTransaction 1": [LOST]},
        {"commitTransaction 1": [ANSWER_LOST]},
        {"commitTransaction 1": [LOST] * 5},
        {"commitTransaction 1": [ANSWER_LOST] * 5},
        {"commitTransaction 1": [Fate.SWALLOWED, ANSWER_LOST]},
        {"insert commits": [LOST, ANSWER_LOST]},
        {"insert claims": [LOST, ANSWER_LOST]},
        {"delete claims": [ANSWER_LOST, LOST]},
        {"find commits": [LOST, ANSWER_LOST, LOST]},
        {"insert commits": [ANSWER_LOST], "abortTransaction 1": [LOST, LOST]},
        {"insert claims": [ANSWER_LOST], "find commits": [LOST], "commitTransaction 1": [LOST, ANSWER_LOST]},
    ],
    ids=lambda fates: "-".join(f"{kind.split()[0]}x{len(those)}" for kind, those in fates.items()),
)
async def test_a_lost_batch_is_stored_once(
    wire: Wire, wired: EventLog, direct: EventLog, fates: dict[str, list[Fate]]
) -> None:
    old = await direct.append(new("orders/old", taken=(NUMBER,)))
    for kind, those in fates.items():
        wire.expect(kind, *those)
    async with seen_whole(direct):
        commits = await wired.append_together(some())
    assert wire.met
    assert await everything(direct) == [old, *commits]
    holding = await direct.holding(NUMBER)
    assert holding is not None
    assert holding.at == commits[-1].position


async def test_the_beginning_of_a_lost_batch_comes_late_in_vain(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect("insert commits", LATE)
    commits = await wired.append_together(batch("mine", 5))
    assert (await wire.deliver())["codeName"] == "TransactionTooOld"
    theirs = await direct.append(new("orders/theirs"))
    assert await everything(direct) == [*commits, theirs]


async def test_a_late_wish_to_commit_changes_nothing(wire: Wire, wired: EventLog, direct: EventLog) -> None:
    wire.expect("commitTransaction 1", LATE)
    commits = await wired.append_together(batch("mine", 5))
    assert (await wire.deliver())["ok"] == 1
    assert await everything(direct) == commits


async def test_a_refusal_is_told_though_the_abort_was_lost(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    before = await direct.append(new("orders/o1"))
    wire.expect("abortTransaction 1", LOST, LOST)
    with pytest.raises(TogetherRefused) as refused:
        await wired.append_together([*batch("mine", 5), new("orders/o1")])
    assert (refused.value.index, type(refused.value.error)) == (5, VersionConflict)
    assert await everything(direct) == [before]


@pytest.mark.parametrize("kind", ["insert commits", "find commits", "insert claims"])
async def test_what_was_never_asked_for_is_known_not_to_be_stored(
    wire: Wire, hasty: EventLog, direct: EventLog, kind: str
) -> None:
    wire.expect(kind, *[LOST] * FOR_EVER)
    with pytest.raises(LogUnavailable) as told:
        await hasty.append_together(batch("mine", 5, claiming=True))
    assert not told.value.unknown
    assert await everything(direct) == []


@pytest.mark.parametrize(("fate", "number"), [(LOST, 0), (ANSWER_LOST, 5)])
async def test_what_was_asked_for_and_not_answered_may_be_stored(
    wire: Wire, hasty: EventLog, direct: EventLog, fate: Fate, number: int
) -> None:
    wire.expect("commitTransaction 1", *[fate] * FOR_EVER)
    with pytest.raises(LogUnavailable) as told:
        await hasty.append_together(batch("mine", 5, claiming=True))
    assert told.value.unknown
    assert len(await everything(direct)) == number


async def test_a_batch_after_one_of_unknown_outcome_is_stored(
    wire: Wire, hasty: EventLog, direct: EventLog
) -> None:
    wire.expect("commitTransaction 1", *[Fate.SWALLOWED] * FOR_EVER)
    with pytest.raises(LogUnavailable):
        await hasty.append_together(batch("first", 5))
    wire.heal()
    commits = await hasty.append_together(batch("second", 5))
    assert (await everything(direct))[-5:] == commits


async def test_others_go_on_when_a_process_died_in_the_middle_of_a_batch(
    wire: Wire, hasty: EventLog, mongod: Running, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "IDLE", 0.1)
    wire.weather = lambda kind: (
        LOST if kind.startswith(("commitTransaction", "abortTransaction")) else Fate.PASSED
    )
    async with another(mongod.url, database.name, patience=3, appname="foldbase") as log:
        with pytest.raises(LogUnavailable):
            await hasty.append_together(batch("dead", 5, claiming=True))
        wire.weather = lambda _: LOST
        commits = await log.append_together(batch("dead", 5, claiming=True))
        last = await log.append(new())
        wire.heal()
        assert await everything(log) == [*commits, last]


async def test_a_batch_gets_through_when_another_process_died_in_a_transaction(
    mongod: Running, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "IDLE", 0.1)
    dead: AsyncMongoClient[Any] = AsyncMongoClient(mongod.url, appname="foldbase")
    async with dead, another(mongod.url, database.name, patience=2, appname="foldbase") as log:
        session = dead.start_session()
        await session.start_transaction()
        await dead[database.name]["commits"].insert_one({"_id": 1, "stream": "orders/dead"}, session=session)
        commits = await log.append_together(batch("alive", 5))
        assert await everything(log) == commits


async def test_a_batch_waits_for_a_transaction_that_lives(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect("commitTransaction 1", LATE, *[LOST] * 3)
    async with deferred(wired.append_together(batch("slow", 5))) as slow:
        await until(lambda: wire.late)
        quick = await direct.append_together(batch("quick", 5))
    assert await everything(direct) == [*slow, *quick]

"""Transactions of unknown outcome: commit and claims are stored together, once, whatever the wire lost."""

from functools import partial

import pytest

from events.errors import ClaimTaken
from events.log import EventLog
from events.store import Database
from tests.events.commits import NUMBER, everything, new, won
from tests.events.racing import collide, deferred, followed, until
from tests.events.wire import Fate, Wire

LOST, ANSWER_LOST = Fate.LOST, Fate.ANSWER_LOST


async def owners(database: Database) -> dict[str, str]:
    """Who holds what."""
    return {claim["_id"]: claim["stream"] async for claim in database["claims"].find()}


@pytest.mark.parametrize(
    "fates",
    [
        {"commitTransaction 1": [LOST]},
        {"commitTransaction 1": [ANSWER_LOST]},
        {"commitTransaction 1": [LOST] * 9},
        {"commitTransaction 1": [ANSWER_LOST] * 2},
        {"commitTransaction 1": [Fate.SWALLOWED, ANSWER_LOST]},
        {"insert commits": [LOST]},
        {"insert commits": [ANSWER_LOST]},
        {"insert claims": [LOST, ANSWER_LOST]},
        {"delete claims": [ANSWER_LOST, LOST]},
        {"insert commits": [ANSWER_LOST], "abortTransaction 1": [LOST]},
        {
            "insert claims": [ANSWER_LOST],
            "commitTransaction 1": [LOST, ANSWER_LOST],
            "find commits": [LOST],
        },
    ],
    ids=lambda fates: "-".join(f"{kind.split()[0]}x{len(those)}" for kind, those in fates.items()),
)
async def test_a_lost_transaction_is_stored_once(
    wire: Wire, wired: EventLog, direct: EventLog, database: Database, fates: dict[str, list[Fate]]
) -> None:
    await wired.append(new("orders/old", taken=(NUMBER,)))
    for kind, those in fates.items():
        wire.expect(kind, *those)
    commits = [new(f"orders/{n}", taken=(f"orders/number/{n}",)) for n in range(8)]
    commits[0] = new("orders/old", 1, released=(NUMBER,), taken=("orders/number/0",))
    commits[5] = new("orders/5", taken=("orders/number/2",))
    async with followed(direct) as seen:
        outcomes = await collide(*(partial(wired.append, commit) for commit in commits))
    assert wire.met
    assert len(won(outcomes)) == 7
    assert seen[1:] == won(outcomes)
    assert set(await owners(database)) == {f"orders/number/{n}" for n in (0, 1, 2, 3, 4, 6, 7)}


async def test_the_beginning_of_a_lost_transaction_comes_late_in_vain(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect("insert commits", Fate.LATE)
    mine = await wired.append(new("orders/mine", taken=(NUMBER,)))
    assert (await wire.deliver())["codeName"] == "TransactionTooOld"
    theirs = await direct.append(new("orders/theirs"))
    assert await everything(direct) == [mine, theirs]


async def test_a_transaction_whose_beginning_came_late_is_ended_by_the_next(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    wire.expect("insert commits", Fate.LATE, *[LOST] * 100)
    async with deferred(collide(partial(wired.append, new("orders/mine", taken=(NUMBER,))))) as outcomes:
        await until(lambda: wire.late)
        assert (await wire.deliver())["n"] == 1
        wire.heal()
    theirs = await direct.append(new("orders/theirs"))
    assert await everything(direct) == [*won(outcomes), theirs]


async def test_a_transaction_whose_abort_is_lost_too_is_ended_by_the_next(
    wire: Wire, wired: EventLog, direct: EventLog, database: Database
) -> None:
    wire.expect("insert claims", ANSWER_LOST)
    wire.expect("abortTransaction 1", LOST, LOST)
    mine, theirs = await collide(
        partial(wired.append, new("orders/mine", taken=(NUMBER,))),
        partial(direct.append, new("orders/theirs")),
    )
    assert wire.met
    assert await everything(direct) == won([mine, theirs])
    assert await owners(database) == {NUMBER: "orders/mine"}


async def test_a_refusal_is_told_though_the_abort_was_lost(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    held = await wired.append(new("orders/o1", taken=(NUMBER,)))
    wire.expect("abortTransaction 1", LOST, LOST)
    with pytest.raises(ClaimTaken):
        await wired.append(new("orders/o2", taken=(NUMBER,)))
    after = await wired.append(new("orders/o2"))
    assert await everything(direct) == [held, after]

"""The order of a batch's commands: side by side, but for those on one document and those that need an id."""

import asyncio

import pytest

from commands.batch import Entry, Ids, references, resolved, run
from commands.errors import BodyInvalid, DependencyFailed, DocumentMissing
from commands.writing import Written
from events.document import ABSENT

NONE: frozenset[int] = frozenset()


def done(id: str) -> Written:
    """Something that was written."""
    return Written(id, ABSENT, changed=True, created=True)


async def test_commands_on_different_documents_run_side_by_side() -> None:
    barrier = asyncio.Barrier(50)

    async def execute(place: int, ids: Ids) -> Written:
        await barrier.wait()
        return done(str(place))

    outcomes = await run([Entry("orders", f"o{n}", NONE) for n in range(50)], execute)
    assert [outcome.id for outcome in outcomes if isinstance(outcome, Written)] == [str(n) for n in range(50)]


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("orders", "o1", NONE)] * 5,
        [Entry("orders", None, NONE), *(Entry("orders", n, frozenset({n})) for n in range(4))],
        [Entry("orders", None, NONE), *[Entry("orders", 0, frozenset({0}))] * 4],
        [Entry("orders", "o1", NONE), Entry("orders", 0, frozenset({0})), *[Entry("orders", "o1", NONE)] * 3],
    ],
)
async def test_commands_on_one_document_run_in_their_order(entries: list[Entry]) -> None:
    running: list[int] = []
    order = []

    async def execute(place: int, ids: Ids) -> Written:
        running.append(place)
        assert len(running) == 1
        for _ in range(5 - place):
            await asyncio.sleep(0)
        running.remove(place)
        order.append(place)
        return done("o1")

    await run(entries, execute)
    assert order == list(range(len(entries)))


async def test_a_refusal_stops_those_alone_that_need_its_id() -> None:
    async def execute(place: int, ids: Ids) -> Written:
        if place == 0:
            raise DocumentMissing
        return done(str(place))

    needing = Entry("orders", None, frozenset({0}))
    outcomes = await run(
        [Entry("orders", "a", NONE), needing, Entry("orders", 1, frozenset({1})), Entry("orders", "a", NONE)],
        execute,
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [DocumentMissing, DependencyFailed, DependencyFailed, Written]


async def test_when_the_caller_goes_away_nothing_more_begins() -> None:
    begun = []

    async def execute(place: int, ids: Ids) -> Written:
        begun.append(place)
        await asyncio.Event().wait()
        raise AssertionError

    running = asyncio.create_task(run([Entry("orders", "a", NONE)] * 3, execute))
    while not begun:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert begun == [0]


def test_ids_stand_where_references_stood() -> None:
    value = {"a": [{"$id_of": 0}, {"b": {"$id_of": 1}}], "c": {"$id_of": 0, "more": 1}, "d": "$id_of"}
    assert references(value, 2) == {0, 1}
    ids = ["x", "y"]
    assert resolved(value, ids) == {"a": ["x", {"b": "y"}], "c": {"$id_of": 0, "more": 1}, "d": "$id_of"}


@pytest.mark.parametrize("place", [2, 3, -1, True, "0", None, 0.0])
def test_a_reference_to_what_does_not_come_before_is_refused(place: object) -> None:
    with pytest.raises(BodyInvalid):
        references([{"$id_of": place}], 2)

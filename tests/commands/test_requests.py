"""Requests with a key have one effect and one answer, however often and wherever they are sent."""

import asyncio
from dataclasses import dataclass
from functools import partial

import pytest

from catalog.declared import Declared
from commands.condition import ANY, Condition
from commands.documents import Command, Create, Delete, MergePatch, Put, Restore
from commands.errors import (
    ConditionFailed,
    DocumentExists,
    DocumentMissing,
    RequestDiffers,
    RequestUnderWay,
    SchemaViolated,
)
from commands.requests import Key
from commands.writing import Written
from events.errors import FoldbaseError
from events.position import stream_name
from tests.commands.declaring import declared
from tests.commands.processes import ACTOR, Process, collide

ORDERS = declared()
KEY, OTHER = Key(b"k" * 16, b"d" * 16), Key(b"o" * 16, b"d" * 16)
THERE, GONE = [Create({"n": 1})], [Create({"n": 1}), Delete()]


async def send(
    process: Process, command: Command, key: Key = KEY, *, id: str = "o1", condition: Condition = ANY
) -> Written:
    """One request with a key."""
    return await process.commands.write(ORDERS, id, command, actor=ACTOR, condition=condition, key=key)


async def events_of(process: Process, id: str = "o1") -> int:
    """How many events the log has of a document."""
    return sum(len(commit.events) for commit in await process.log.read(stream_name("orders", id)))


@dataclass(frozen=True)
class Case:
    """before: what happened to the document before the request; `events`: what the request adds."""

    before: list[Command]
    command: Command
    events: int


CASES = {
    "create": Case([], Create({"n": 1}), 1),
    "put what is new": Case([], Put({"n": 1}), 1),
    "put over another": Case(THERE, Put({"n": 2}), 1),
    "put what is there": Case(THERE, Put({"n": 1}), 0),
    "patch": Case(THERE, MergePatch({"n": 2}), 1),
    "patch that changes nothing": Case(THERE, MergePatch({"n": 1}), 0),
    "delete": Case(THERE, Delete(), 1),
    "create again": Case(GONE, Create({"n": 1}), 1),
    "restore": Case(GONE, Restore(), 1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_is_sent_again_is_answered_as_it_was(case: Case, one: Process, other: Process) -> None:
    for command in case.before:
        await one.write(ORDERS, "o1", command)
    before = await events_of(one)
    first = await send(one, case.command)
    assert await send(one, case.command) == first
    assert await send(other, case.command) == first
    assert await events_of(one) == before + case.events


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_happened_since_changes_no_answer(case: Case, one: Process, other: Process) -> None:
    for command in case.before:
        await one.write(ORDERS, "o1", command)
    first = await send(one, case.command)
    for command in (Put({"n": 7}), MergePatch({"m": 8}), Delete(), Put({"n": 9})):
        await other.write(ORDERS, "o1", command)
    after = await events_of(one)
    assert await send(one, case.command) == first
    assert await send(other, case.command) == first
    assert await events_of(one) == after


async def test_a_document_whose_id_the_server_chose_is_made_once(one: Process, other: Process) -> None:
    create = [
        partial(process.commands.create, ORDERS, {"n": 1}, id=None, actor=ACTOR, key=KEY)
        for process in (one, other)
    ]
    first, *again = [await each() for each in create * 2]
    assert first.created
    assert again == [first] * 3


async def test_of_two_at_once_one_has_the_effect_and_the_other_its_answer(one: Process, other: Process) -> None:
    outcomes = await collide(*(partial(send, process, Put({"n": 1})) for process in (one, other)))
    assert outcomes[0] == outcomes[1]
    assert await events_of(one) == 1


async def test_while_one_is_under_way_in_this_process_it_is_told(one: Process) -> None:
    differs = Key(KEY.request, b"e" * 16)
    outcomes = await asyncio.gather(
        send(one, Put({"n": 1})),
        send(one, Put({"n": 1})),
        send(one, Put({"n": 2}), differs),
        return_exceptions=True,
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Written, RequestUnderWay, RequestDiffers]
    assert await send(one, Put({"n": 1})) == outcomes[0]


async def test_a_key_is_not_taken_for_another_request(one: Process, other: Process) -> None:
    await send(one, Put({"n": 1}))
    for process in (one, other):
        with pytest.raises(RequestDiffers):
            await send(process, Put({"n": 2}), Key(KEY.request, b"e" * 16))
    with pytest.raises(RequestDiffers):
        await send(one, Create({"n": 2}), Key(KEY.request, b"e" * 16), id="o2")
    assert await events_of(one) == 1
    assert await events_of(one, "o2") == 0


@pytest.mark.parametrize(
    ("command", "condition", "error"),
    [
        (Create({"n": 2}), ANY, DocumentExists),
        (Restore(), ANY, DocumentExists),
        (Put({"n": 2}), Condition(versions=frozenset({7})), ConditionFailed),
    ],
)
async def test_a_refusal_is_decided_afresh(
    command: Command, condition: Condition, error: type[FoldbaseError], one: Process
) -> None:
    await one.write(ORDERS, "o1", Create({"n": 1}))
    for _ in range(2):
        with pytest.raises(error):
            await send(one, command, condition=condition)
    await one.write(ORDERS, "o1", Delete())
    done = await send(one, Create({"n": 2}))
    assert (done.created, await send(one, Create({"n": 2}))) == (True, done)


async def test_a_precondition_is_not_checked_again(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 1}))
    first_version = Condition(versions=frozenset({1}))
    first = await send(one, Put({"n": 2}), condition=first_version)
    assert await send(one, Put({"n": 2}), condition=first_version) == first
    with pytest.raises(ConditionFailed):
        await send(one, Put({"n": 2}), OTHER, condition=first_version)


async def test_what_the_schema_came_to_refuse_is_answered_as_it_was(one: Process) -> None:
    first = await send(one, Put({"n": 1}))
    strict: Declared = declared(schema={"required": ["m"]})
    assert await one.commands.write(strict, "o1", Put({"n": 1}), actor=ACTOR, key=KEY) == first
    with pytest.raises(SchemaViolated):
        await one.commands.write(strict, "o1", Put({"n": 2}), actor=ACTOR, key=OTHER)


async def test_an_answer_from_a_long_history_is_that_of_its_version(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 0}))
    first = await send(one, MergePatch({"n": 1}))
    for number in range(2, 230):
        await one.write(ORDERS, "o1", MergePatch({"n": number}))
    assert await send(one, MergePatch({"n": 1})) == first
    last = await send(one, MergePatch({"n": 229}), OTHER)
    await one.write(ORDERS, "o1", Delete())
    assert await send(one, MergePatch({"n": 229}), OTHER) == last
    with pytest.raises(DocumentMissing):
        await send(one, MergePatch({"n": 230}), Key(b"t" * 16, b"d" * 16))

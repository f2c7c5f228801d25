"""Commands that stand or fall together: decided in order, on what is true, and never halved."""

from functools import partial
from typing import Any

import pytest

from commands.condition import Condition
from commands.documents import Command, Create, Delete, MergePatch, Put, Restore, document
from commands.errors import CommandRefused, ConditionFailed, DocumentExists, DocumentMissing, UniqueTaken
from commands.writing import Write, Written
from events.document import Present
from events.position import stream_name
from tests.commands.declaring import declared
from tests.commands.processes import ACTOR, Process, collide

ORDERS = declared()
PEOPLE = declared("people", unique=[["email"]])


def write(id: str, command: Command, *versions: int) -> Write:
    """One command on an order; on condition that it is at one of the versions, where there are any."""
    condition = Condition(versions=frozenset(versions)) if versions else Condition()
    return Write(ORDERS, id, command, condition, is_new=isinstance(command, Create))


async def together(process: Process, *writes: Write) -> list[Written]:
    """Execute them together."""
    return await process.commands.write_together(writes, actor=ACTOR)


async def body(process: Process, id: str) -> Any:
    """What the log says of an order; None where there is none."""
    state = (await process.states.read(stream_name("orders", id), document)).state
    return state.body if isinstance(state, Present) else None


async def test_each_is_decided_on_what_those_before_it_lead_to(one: Process, other: Process) -> None:
    done = await together(
        one,
        write("a", Create({"n": 1})),
        write("b", Put({"n": 1})),
        write("a", MergePatch({"m": 2}), 1),
        write("a", Delete(), 2),
        write("a", Put({"n": 3})),
    )
    assert [written.created for written in done] == [True, True, False, False, True]
    assert [written.document.version for written in done] == [1, 1, 2, 3, 4]
    positions = [written.document.position for written in done]
    assert positions == list(range(positions[0], positions[0] + 5))
    assert (await body(other, "a"), await body(other, "b")) == ({"n": 3}, {"n": 1})


async def test_what_changes_nothing_stands_beside_what_does(one: Process) -> None:
    await one.write(ORDERS, "a", Create({"n": 1}))
    same, changed = await together(one, write("a", Put({"n": 1})), write("a", Put({"n": 2})))
    assert (same.changed, same.document.version) == (False, 1)
    assert (changed.changed, changed.document.version) == (True, 2)
    [nothing] = await together(one, write("a", Put({"n": 2})))
    assert not nothing.changed


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (write("a", Create({})), DocumentExists),
        (write("x", MergePatch({})), DocumentMissing),
        (write("a", Put({}), 9), ConditionFailed),
    ],
)
async def test_one_refusal_undoes_all(
    wrong: Write, error: type[Exception], one: Process, other: Process
) -> None:
    await one.write(ORDERS, "a", Create({"n": 1}))
    for process in (one, other):
        with pytest.raises(CommandRefused) as refused:
            await together(process, write("b", Create({})), write("a", MergePatch({"n": 2})), wrong)
        assert (refused.value.index, type(refused.value.error)) == (2, error)
    assert (await body(other, "a"), await body(other, "b")) == ({"n": 1}, None)


async def test_a_cache_that_is_behind_is_harmless(one: Process, other: Process) -> None:
    for id in ("a", "b"):
        await one.write(ORDERS, id, Create({"n": 1}))
    await other.write(ORDERS, "a", Put({"n": 2}))
    await other.write(ORDERS, "b", Delete())
    done = await together(one, write("a", MergePatch({"n": 1})), write("b", Create({"n": 3})))
    assert [written.changed for written in done] == [True, True]
    await other.write(ORDERS, "b", Delete())
    [back] = await together(one, write("b", Restore()))
    assert back.created


async def test_no_two_batches_at_once_are_mixed(one: Process, other: Process) -> None:
    """Both read the two counters and count both up: they are always the same."""
    for id in ("a", "b"):
        await one.write(ORDERS, id, Create({"by": "nobody"}))

    async def both(process: Process, name: str, first: str, second: str) -> None:
        for number in range(8):
            said = MergePatch({"by": f"{name}{number}"})
            await together(process, write(first, said), write(second, said))

    outcomes = await collide(partial(both, one, "one", "a", "b"), partial(both, other, "other", "b", "a"))
    assert outcomes == [None, None]
    told = [
        [commit.events[0].data for commit in await one.log.read(stream_name("orders", id))] for id in ("a", "b")
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 17


async def test_a_value_is_taken_by_one_and_handed_on_to_another(one: Process) -> None:
    def person(id: str, command: Command) -> Write:
        return Write(PEOPLE, id, command)

    with pytest.raises(CommandRefused) as refused:
        await together(one, person("a", Create({"email": "x"})), person("b", Create({"email": "x"})))
    assert (refused.value.index, type(refused.value.error)) == (1, UniqueTaken)
    await together(
        one, person("a", Create({"email": "x"})), person("a", Delete()), person("b", Create({"email": "x"}))
    )
    with pytest.raises(UniqueTaken):
        await one.write(PEOPLE, "c", Create({"email": "x"}))

"""Two processes at one stream: versions are 1, 2, 3…, and no update is lost."""

import asyncio
from functools import partial
from typing import Any

from commands.condition import Condition
from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, document
from commands.errors import ConditionFailed, DocumentExists, DocumentMissing
from commands.json_patch import read_operations
from commands.writing import Written
from events.document import Present
from events.position import stream_name
from tests.commands.declaring import declared
from tests.commands.processes import Process, collide

ORDERS = declared()
STREAM = stream_name("orders", "o1")


async def stored(process: Process) -> tuple[int, Any]:
    """The version of the stream and the body, as the log has them; None where there is no document."""
    commits = await process.log.read(STREAM)
    assert [commit.version for commit in commits] == list(range(1, len(commits) + 1))
    state = document.fold(commits, document.initial)
    return state.version, state.body if isinstance(state, Present) else None


async def count_up(process: Process, times: int) -> None:
    """Add one to `n`, `times` over, as a careful client does: with the version that it read."""
    while times:
        read = (await process.states.read(STREAM, document)).state
        assert isinstance(read, Present)
        change = MergePatch({"n": read.body["n"] + 1})
        try:
            await process.write(ORDERS, "o1", change, Condition(versions=frozenset({read.version})))
            times -= 1
        except ConditionFailed:
            continue


async def test_a_counter_of_careful_clients_loses_nothing(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 0}))
    await collide(*(partial(count_up, process, 5) for process in (one, other) * 3))
    assert await stored(one) == (31, {"n": 30})


async def test_patches_without_a_condition_are_all_applied(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({}))
    patches = [
        partial(process.write, ORDERS, "o1", MergePatch({f"{name}{number}": number}))
        for number in range(10)
        for name, process in (("one", one), ("other", other))
    ]
    outcomes = await collide(*patches)
    assert all(isinstance(outcome, Written) for outcome in outcomes)
    version, body = await stored(one)
    assert (version, len(body)) == (21, 20)


async def test_appending_to_one_array_from_both_sides_keeps_every_element(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({"list": []}))

    def append(process: Process, value: int) -> Any:
        command = JsonPatch(read_operations([{"op": "add", "path": "/list/-", "value": value}]))
        return partial(process.write, ORDERS, "o1", command)

    await collide(*(append((one, other)[value % 2], value) for value in range(20)))
    _, body = await stored(one)
    assert sorted(body["list"]) == list(range(20))


async def test_of_creates_at_one_time_exactly_one_wins(one: Process, other: Process) -> None:
    outcomes = await collide(
        *(partial(process.write, ORDERS, "o1", Create({"n": n})) for n, process in enumerate((one, other) * 4))
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Written)]
    assert [type(outcome) for outcome in outcomes].count(DocumentExists) == 7
    assert len(winners) == 1
    assert (await stored(one))[0] == 1


async def test_of_writers_with_one_demanded_version_exactly_one_wins(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 0}))
    await other.states.read(STREAM, document)
    demand = Condition(versions=frozenset({1}))
    outcomes = await collide(
        *(
            partial(process.write, ORDERS, "o1", Put({"n": n}), demand)
            for n, process in enumerate((one, other) * 4, 1)
        )
    )
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ConditionFailed)]
    assert [refusal.version for refusal in refusals] == [2] * 7
    assert (await stored(one))[0] == 2


async def test_creating_and_deleting_at_one_time_leaves_a_stream_without_gaps(
    one: Process, other: Process
) -> None:
    commands: list[Command] = [Create({"n": 1}), Delete(), Put({"n": 2}), MergePatch({"m": 3})] * 4
    outcomes = await collide(
        *(
            partial((one, other)[place % 2].write, ORDERS, "o1", command)
            for place, command in enumerate(commands)
        )
    )
    assert {type(outcome) for outcome in outcomes} <= {Written, DocumentExists, DocumentMissing}
    changes = [outcome for outcome in outcomes if isinstance(outcome, Written) and outcome.changed]
    version, _ = await stored(one)
    assert version == len(changes)
    assert {change.document.version for change in changes} == set(range(1, version + 1))


async def test_a_writer_that_goes_away_neither_halves_its_write_nor_blocks_the_stream(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 0}))
    for number in range(1, 21):
        gone = asyncio.create_task(one.write(ORDERS, "o1", MergePatch({"gone": number})))
        for _ in range(number % 10):
            await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        async with asyncio.timeout(5):
            await one.write(ORDERS, "o1", MergePatch({"n": number}))
    _, body = await stored(one)
    assert body["n"] == 20
    assert one.executor.turns._taken == {}

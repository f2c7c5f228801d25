"""A collection that was dropped and declared again begins empty, though its streams count on."""

import pytest

from commands.condition import Condition
from commands.documents import Command, Create, Delete, MergePatch, Put, Restore
from commands.errors import ConditionFailed, DocumentMissing
from events.document import Present
from tests.commands.declaring import declared
from tests.commands.processes import Process

BEFORE = declared(unique=[["number"]])


async def dropped(process: Process, *commands: Command) -> None:
    """Write these to `o1`, drop the collection and forget its claims, as the API does."""
    for command in commands:
        await process.write(BEFORE, "o1", command)
    await process.log.release_claims("orders")


ANEW = declared(unique=[["number"]], floors={0: 2})
HISTORIES: list[list[Command]] = [
    [Create({"number": 1}), Put({"number": 1, "old": True})],
    [Create({"number": 1}), Delete()],
]


@pytest.mark.parametrize("history", HISTORIES, ids=["present", "deleted"])
async def test_what_was_before_the_drop_is_not_there(
    history: list[Command], one: Process, other: Process
) -> None:
    await dropped(one, *history)
    for process in (one, other):
        for command in (MergePatch({"n": 1}), Delete(), Restore()):
            with pytest.raises(DocumentMissing):
                await process.write(ANEW, "o1", command)
        with pytest.raises(ConditionFailed):
            await process.write(ANEW, "o1", Put({}), Condition(versions=frozenset({2})))
        with pytest.raises(ConditionFailed):
            await process.write(ANEW, "o1", Put({}), Condition(exists=True))


@pytest.mark.parametrize("history", HISTORIES, ids=["present", "deleted"])
@pytest.mark.parametrize("command", [Create({"number": 1}), Put({"number": 1})], ids=["create", "put"])
async def test_an_id_from_before_the_drop_is_free_and_its_stream_counts_on(
    command: Command, history: list[Command], one: Process, other: Process
) -> None:
    await dropped(one, *history)
    written = await other.write(ANEW, "o1", command)
    assert written.created
    assert isinstance(written.document, Present)
    assert (written.document.version, written.document.body) == (3, {"number": 1})
    assert written.document.birth.position == 3
    patched = await one.write(ANEW, "o1", MergePatch({"n": 2}))
    assert (patched.document.version, patched.created) == (4, False)


async def test_putting_what_was_there_before_the_drop_is_news(one: Process) -> None:
    await dropped(one, *HISTORIES[0])
    written = await one.write(ANEW, "o1", Put({"number": 1, "old": True}))
    assert (written.changed, written.created) == (True, True)


async def test_restoring_goes_back_no_further_than_the_drop(one: Process, other: Process) -> None:
    await dropped(one, *HISTORIES[0])
    await one.write(ANEW, "o1", Create({"new": True}))
    await one.write(ANEW, "o1", Delete())
    restored = await other.write(ANEW, "o1", Restore())
    assert isinstance(restored.document, Present)
    assert restored.document.body == {"new": True}


async def test_a_floor_of_another_partition_is_no_floor_here(one: Process) -> None:
    await one.write(BEFORE, "o1", Create({"number": 1}))
    elsewhere = declared(floors={1: 2**40 + 5})
    assert (await one.write(elsewhere, "o1", MergePatch({"n": 1}))).document.version == 2

"""Commands on a document whose history somebody changed by hand: refused by name, whatever they are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, Restore
from commands.errors import HistoryUnreadable
from commands.json_patch import read_operations
from commands.requests import Key
from events.commit import Event, NewCommit
from events.position import Position, Version, stream_name
from tests.commands.declaring import declared
from tests.commands.processes import ACTOR, Process

ORDERS = declared()
UNSOUND = [float("nan"), float("inf"), datetime(2026, 1, 1, tzinfo=UTC), b"bytes"]
COMMANDS = [
    Create({"n": 1}),
    Put({"n": 1}),
    MergePatch({"m": 1}),
    MergePatch({"n": 1}),
    JsonPatch(read_operations([{"op": "add", "path": "/m", "value": 1}])),
    Delete(),
    Restore(),
]


async def damage(process: Process, position: Position, value: Any) -> None:
    """Put a value into a commit that is there."""
    commits = process.database["commits"]
    await commits.update_one({"_id": position}, {"$set": {"events.0.data.n": value}})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
async def test_every_command_on_a_document_that_holds_no_json_is_refused(
    one: Process, other: Process, command: Command
) -> None:
    for number, value in enumerate(UNSOUND):
        id = f"o{number}"
        written = await one.write(ORDERS, id, Create({"n": 0}))
        await damage(one, written.document.position, value)
        with pytest.raises(HistoryUnreadable):
            await other.write(ORDERS, id, command)
        assert len(await other.log.read(stream_name("orders", id))) == 1


async def test_a_value_that_is_no_json_is_not_forgotten_when_a_later_event_covers_it(one: Process) -> None:
    stream = stream_name("orders", "o1")
    odd = [Event("created", {"n": float("nan")}), Event("replaced", {"n": 1})]
    for version, event in enumerate(odd):
        await one.log.append(NewCommit(stream, Version(version), [event], "user:eve"))
    with pytest.raises(HistoryUnreadable):
        await one.write(ORDERS, "o1", MergePatch({"m": 1}))


async def test_it_is_written_to_again_when_the_commit_is_skipped(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({"n": 0}))
    patched = await one.write(ORDERS, "o1", MergePatch({"n": 1}))
    commits = one.database["commits"]
    where, change = {"_id": patched.document.position}, {"$set": {"events.0.data.set.n": float("nan")}}
    await commits.update_one(where, change)
    with pytest.raises(HistoryUnreadable):
        await other.write(ORDERS, "o1", MergePatch({"m": 1}))
    [_, bad] = await other.log.read(stream_name("orders", "o1"))
    await other.log.skips.add(bad, ACTOR)
    healed = await other.write(ORDERS, "o1", MergePatch({"m": 1}))
    assert healed.body.startswith(b'{"id":"o1","n":0,"m":1,"_meta":{"version":3,')


async def test_a_request_sent_again_is_refused_when_its_answer_can_not_be_told_any_more(
    one: Process, other: Process
) -> None:
    key = Key(b"r" * 16, b"d" * 16)
    written = await one.commands.write(ORDERS, "o1", Put({"n": 0}), actor=ACTOR, key=key)
    await damage(one, written.document.position, float("nan"))
    with pytest.raises(HistoryUnreadable):
        await other.commands.write(ORDERS, "o1", Put({"n": 0}), actor=ACTOR, key=key)

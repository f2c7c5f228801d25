"""Snapshots: loading a long stream stays short, and no snapshot is trusted beyond its form."""

from typing import Any

import bson
import pytest
from bson.codec_options import CodecOptions
from pymongo.asynchronous.database import AsyncDatabase

from app.embedded import Running
from commands.documents import Create, Delete, MergePatch, Restore, document, freeze, thaw
from commands.errors import DocumentMissing
from events.commit import Event
from events.document import Document, response_body
from events.position import stream_name
from tests.commands.declaring import declared
from tests.commands.processes import Process, process
from tests.commands.scenario import given

ORDERS = declared()
STREAM = stream_name("orders", "o1")
UTC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


async def grow(writer: Process, versions: int) -> None:
    """Write until the stream of `o1` has so many versions; then let snapshots on their way arrive."""
    await writer.write(ORDERS, "o1", Create({"n": 1, "born": "here"}))
    for number in range(2, versions + 1):
        await writer.write(ORDERS, "o1", MergePatch({"n": number}))
    await writer.snapshots.close()


async def test_a_stream_of_250_versions_is_loaded_from_at_most_100_commits(
    one: Process, other: Process
) -> None:
    await grow(one, 250)
    other.watched.read.clear()
    written = await other.write(ORDERS, "o1", MergePatch({"n": 251}))
    assert (written.document.version, written.body[:28]) == (251, b'{"id":"o1","n":251,"born":"h')
    assert other.watched.read["snapshots"] == 1
    assert other.watched.read["commits"] <= 100


async def test_loaded_through_a_snapshot_or_without_it_is_the_same(one: Process, other: Process) -> None:
    await grow(one, 130)
    loaded = await other.states.read(STREAM, document)
    await other.database["snapshots"].delete_many({})
    assert await other.states.read(STREAM, document) == loaded


async def test_how_often_snapshots_are_kept_can_be_chosen(
    mongod: Running, database: AsyncDatabase[dict[str, Any]]
) -> None:
    async with process(mongod.url, database.name, every=7) as writer:
        await grow(writer, 20)
        snapshot = await database["snapshots"].find_one({"_id": STREAM})
        assert snapshot is not None
        assert snapshot["version"] == 14


async def test_no_snapshot_is_kept_of_short_streams(one: Process) -> None:
    await grow(one, 99)
    assert await one.database["snapshots"].count_documents({}) == 0


@pytest.mark.parametrize("form", [document.form + 1, document.form - 1, None, "1"])
async def test_a_snapshot_of_another_form_is_passed_over(form: Any, one: Process, other: Process) -> None:
    await grow(one, 3)
    lie = {"form": form, "version": 3, "position": 3, "state": {"shape": "unknown"}}
    await one.database["snapshots"].replace_one({"_id": STREAM}, lie, upsert=True)
    assert (await other.write(ORDERS, "o1", MergePatch({"n": 4}))).document.version == 4


async def test_a_deleted_document_is_restored_from_its_snapshot(
    mongod: Running, database: AsyncDatabase[dict[str, Any]], other: Process
) -> None:
    async with process(mongod.url, database.name, every=4) as writer:
        await grow(writer, 3)
        before = await writer.states.read(STREAM, document)
        await writer.write(ORDERS, "o1", Delete())
        await writer.snapshots.close()
    with pytest.raises(DocumentMissing):
        await other.write(ORDERS, "o1", MergePatch({"n": 9}))
    restored = await other.write(ORDERS, "o1", Restore())
    assert restored.document.version == 5
    assert restored.document.body == before.state.body  # type: ignore[union-attr]
    assert restored.document.birth == before.state.birth  # type: ignore[union-attr]


async def test_a_snapshot_gives_back_whole_numbers_that_a_schema_can_look_at(
    mongod: Running, database: AsyncDatabase[dict[str, Any]], other: Process
) -> None:
    counted = declared(schema={"properties": {"n": {"type": "integer"}, "big": {"type": "integer"}}})
    async with process(mongod.url, database.name, every=2) as writer:
        await writer.write(counted, "o1", Create({"n": 1, "big": 2**53}))
        await writer.write(counted, "o1", MergePatch({"n": 2}))
        await writer.snapshots.close()
    assert await database["snapshots"].count_documents({"_id": STREAM, "version": 2}) == 1
    written = await other.write(counted, "o1", MergePatch({"n": 3}))
    assert written.document.body == {"n": 3, "big": 2**53}  # type: ignore[union-attr]
    assert type(written.document.body["big"]) is int  # type: ignore[union-attr]


BODY = {"n": 1, "f": 1.0, "": {"a.b": [None, True, {"_id": 1}]}, "_id": {"x": 1}, "text": "ä\0😀"}
BORN = Event("created", BODY)
STATES = {
    "absent": given(document).state,
    "present": given(document, BORN, Event("patched", {"set": {"n": 2}, "unset": ["f"]})).state,
    "deleted": given(document, BORN, Event("deleted", {})).state,
    "empty and deleted": given(document, Event("created", {}), Event("deleted", {})).state,
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_state_comes_back_from_its_snapshot_as_it_was(state: Document) -> None:
    kept = bson.decode(bson.encode(freeze(state)), UTC)
    assert thaw(kept) == state


async def test_names_of_any_kind_survive_a_snapshot(
    mongod: Running, database: AsyncDatabase[dict[str, Any]], other: Process
) -> None:
    async with process(mongod.url, database.name, every=1) as writer:
        written = await writer.write(ORDERS, "o1", Create(BODY))
        await writer.snapshots.close()
    assert await database["snapshots"].count_documents({}) == 1
    loaded = await other.states.read(STREAM, document)
    assert response_body("o1", loaded.state) == written.body  # type: ignore[arg-type]

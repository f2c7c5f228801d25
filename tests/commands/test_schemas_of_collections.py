"""A collection's schema: the document that would come of a write is held to it, whole."""

from typing import Any

import pytest

from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, Restore
from commands.errors import DocumentExists, SchemaViolated
from commands.json_patch import read_operations
from tests.commands.declaring import declared
from tests.commands.processes import Process

SCHEMA = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"enum": ["new", "paid"]},
        "lines": {"type": "array", "items": {"properties": {"a/b": {"type": "integer"}}}},
        "total": {"type": "number", "minimum": 0},
    },
    "additionalProperties": False,
}
ORDERS = declared(schema=SCHEMA)


async def violations(process: Process, command: Command, id: str = "o1") -> list[str]:
    """The pointers to what the schema refuses."""
    with pytest.raises(SchemaViolated) as refused:
        await process.write(ORDERS, id, command)
    assert all(message for _, message in refused.value.violations)
    return [pointer for pointer, _ in refused.value.violations]


async def test_every_violation_is_told_with_its_place(one: Process) -> None:
    body = {"status": "gone", "total": -1, "lines": [{}, {"a/b": "x"}], "colour": 1}
    pointers = await violations(one, Create(body))
    assert sorted(pointers) == ["", "/lines/1/a~1b", "/status", "/total"]
    assert await one.log.head(0) == 0


async def test_the_result_is_held_to_the_schema_and_not_the_patch(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"status": "new", "total": 1}))
    assert await violations(one, MergePatch({"status": None})) == [""]
    assert await violations(one, Put({"total": 1})) == [""]
    removal = JsonPatch(read_operations([{"op": "remove", "path": "/status"}]))
    assert await violations(one, removal) == [""]
    assert (await one.write(ORDERS, "o1", MergePatch({"total": 2}))).document.version == 2


async def test_a_document_from_before_the_schema_can_be_mended_and_deleted(one: Process) -> None:
    loose = declared()
    for id in ("o1", "o2"):
        await one.write(loose, id, Create({"anything": 1}))
    assert await violations(one, MergePatch({"total": 1})) == ["", ""]
    mended = await one.write(ORDERS, "o1", MergePatch({"anything": None, "status": "new"}))
    assert mended.document.version == 2
    await one.write(ORDERS, "o2", Delete())
    assert await violations(one, Restore(), "o2") == ["", ""]


async def test_that_it_exists_is_told_before_what_the_schema_says(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"status": "new"}))
    with pytest.raises(DocumentExists):
        await one.write(ORDERS, "o1", Create({"status": "gone"}))


SPEAKING: list[tuple[dict[str, Any], bool]] = [
    ({"properties": {"id": {"pattern": "^o"}}}, True),
    ({"properties": {"id": {"pattern": "^x"}}}, False),
    ({"required": ["id"], "properties": {"id": {}}}, True),
    ({"required": ["id"]}, True),
    ({"additionalProperties": False, "properties": {"n": {}}}, True),
    ({"maxProperties": 1}, True),
]


@pytest.mark.parametrize(("schema", "fits"), SPEAKING, ids=str)
async def test_a_schema_that_speaks_of_id_sees_it(schema: dict[str, Any], fits: bool, one: Process) -> None:
    collection = declared(schema=schema)
    if fits:
        await one.write(collection, "o1", Create({"n": 1}))
        return
    with pytest.raises(SchemaViolated) as refused:
        await one.write(collection, "o1", Create({"n": 1}))
    assert [pointer for pointer, _ in refused.value.violations] == ["/id"]

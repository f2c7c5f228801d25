"""A cache that is behind is harmless: what it would refuse, or take for done, is looked up first."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from app.embedded import Running
from commands.condition import ANY, Condition
from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, Restore, document
from commands.errors import ConditionFailed, DocumentExists, DocumentMissing, PatchUnfit
from commands.json_patch import read_operations
from events.document import Present
from events.errors import FoldbaseError
from events.position import stream_name
from tests.commands.declaring import declared
from tests.commands.processes import Process, process

pytestmark = pytest.mark.asyncio(loop_scope="module")

LARGE = "x" * 700_000
ORDERS = declared(schema={"maxProperties": 2})


def test_n_is(value: int) -> JsonPatch:
    operations = [{"op": "test", "path": "/n", "value": value}, {"op": "add", "path": "/m", "value": 1}]
    return JsonPatch(read_operations(operations))


test_n_is.__test__ = False  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Case:
    """remembered: written by one process, which remembers. meanwhile: written by the other.

    Then the first executes `command`, and it ends in `body`, or in an error of the kind `refused`.
    """

    says: str
    remembered: list[Command]
    meanwhile: list[Command]
    command: Command
    body: Any = None
    refused: type[FoldbaseError] | None = None
    condition: Condition = ANY


CASES = [
    Case("deleted since: creating it works", [Create({"n": 1})], [Delete()], Create({"n": 2}), {"n": 2}),
    Case("deleted since: patching it is refused", [Create({"n": 1})], [Delete()], MergePatch({"n": 2}),
         refused=DocumentMissing),
    Case("deleted since: putting the same is news", [Create({"n": 1})], [Delete()], Put({"n": 1}), {"n": 1}),
    Case("restored since: patching it works", [Create({"n": 1}), Delete()], [Restore()],
         MergePatch({"n": 2}), {"n": 2}),
    Case("restored since: restoring it is refused", [Create({"n": 1}), Delete()], [Restore()], Restore(),
         refused=DocumentExists),
    Case("restored since: creating it is refused", [Create({"n": 1}), Delete()], [Restore()],
         Create({"n": 2}), refused=DocumentExists),
    Case("replaced since: putting what was is news", [Create({"n": 1})], [Put({"n": 2})], Put({"n": 1}),
         {"n": 1}),
    Case("replaced since: patching back to what was is news", [Create({"n": 1})], [Put({"n": 2})],
         MergePatch({"n": 1}), {"n": 1}),
    Case("replaced since: a test of what is now holds", [Create({"n": 1})], [Put({"n": 2})], test_n_is(2),
         {"n": 2, "m": 1}),
    Case("replaced since: a test of what was fails", [Create({"n": 1})], [Put({"n": 2})], test_n_is(1),
         refused=PatchUnfit),
    Case("replaced since: its new version can be demanded", [Create({"n": 1})], [Put({"n": 2})],
         Put({"n": 3}), {"n": 3}, condition=Condition(versions=frozenset({2}))),
    Case("replaced since: its old version can not", [Create({"n": 1})], [Put({"n": 2})], Put({"n": 3}),
         refused=ConditionFailed, condition=Condition(versions=frozenset({1}))),
    Case("deleted since: that there is none can be demanded", [Create({"n": 1})], [Delete()],
         Put({"n": 3}), {"n": 3}, condition=Condition(exists=False)),
    Case("deleted since: that there is one can not", [Create({"n": 1})], [Delete()], Put({"n": 3}),
         refused=ConditionFailed, condition=Condition(exists=True)),
    Case("made smaller since: it can grow", [Create({"a": LARGE})], [Put({"a": 1})],
         MergePatch({"b": LARGE}), {"a": 1, "b": LARGE}),
    Case("mended since: the schema has room", [Create({"a": 1, "b": 2})], [Put({"a": 1})],
         MergePatch({"c": 3}), {"a": 1, "c": 3}),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(mongod: Running) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes at one log; the tests of this file share it, each with a document of its own."""
    name = f"test_{secrets.token_hex(8)}"
    async with process(mongod.url, name) as one, process(mongod.url, name) as other:
        yield one, other
        await one.drop()


@pytest.fixture
def one(pair: tuple[Process, Process]) -> Process:
    """The process whose cache is behind."""
    return pair[0]


@pytest.fixture
def other(pair: tuple[Process, Process]) -> Process:
    """The process that writes meanwhile."""
    return pair[1]


_numbers = count(1)


@pytest.fixture
def id() -> str:
    """The id of a document of this test alone."""
    return f"o{next(_numbers)}"


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
async def test_what_others_did_since_counts(case: Case, one: Process, other: Process, id: str) -> None:
    for command in case.remembered:
        await one.write(ORDERS, id, command)
    for command in case.meanwhile:
        await other.write(ORDERS, id, command)
    stream = stream_name("orders", id)
    stale = one.states.cached(stream)
    assert stale is not None
    assert stale.version == len(case.remembered)

    if case.refused is not None:
        with pytest.raises(case.refused):
            await one.write(ORDERS, id, case.command, case.condition)
        return
    written = await one.write(ORDERS, id, case.command, case.condition)
    assert written.changed
    assert isinstance(written.document, Present)
    assert written.document.body == case.body
    commits = await other.log.read(stream)
    assert document.fold(commits, document.initial) == written.document


async def test_that_a_document_was_missing_is_not_remembered_against_it(
    one: Process, other: Process, id: str
) -> None:
    with pytest.raises(DocumentMissing):
        await one.write(ORDERS, id, MergePatch({"n": 1}))
    await other.write(ORDERS, id, Create({"n": 1}))
    assert (await one.write(ORDERS, id, MergePatch({"n": 2}))).document.version == 2


async def test_a_write_that_changes_nothing_answers_with_what_is_there_now(
    one: Process, other: Process, id: str
) -> None:
    await one.write(ORDERS, id, Create({"n": 1}))
    await other.write(ORDERS, id, Put({"n": 2}))
    last = await other.write(ORDERS, id, Put({"n": 1}))
    written = await one.write(ORDERS, id, Put({"n": 1}))
    assert not written.changed
    assert written.document.version == 3
    assert written.document == last.document

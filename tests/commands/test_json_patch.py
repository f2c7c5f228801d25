"""RFC 6902: how a patch is read, and what each operation does."""

import time
from copy import deepcopy
from typing import Any

import orjson
import pytest

from commands.errors import PatchInvalid, PatchUnfit
from commands.json_patch import MOST_OPERATIONS, read_operations
from commands.patching import apply_operations
from events.errors import InvalidValue
from events.values import check_document

LIST = {"list": [1, 2], "text": "abc", "nothing": None, "": {"": 1}, "a/b": 1, "m~n": 2}


def patched(body: dict[str, Any], *operations: Any) -> dict[str, Any]:
    before = deepcopy((body, operations))
    try:
        return apply_operations(body, read_operations(list(operations)))
    finally:
        assert (body, operations) == before


def op(name: str, path: str, *value: Any, source: str | None = None) -> dict[str, Any]:
    operation: dict[str, Any] = {"op": name, "path": path}
    if value:
        operation["value"] = value[0]
    if source is not None:
        operation["from"] = source
    return operation


FITTING = [
    ("an array is added to in the middle", [op("add", "/list/1", 9)], {"list": [1, 9, 2]}),
    ("an array is added to at its end", [op("add", "/list/2", 9)], {"list": [1, 2, 9]}),
    ("- is the end of an array", [op("add", "/list/-", 9)], {"list": [1, 2, 9]}),
    ("adding over a member replaces it", [op("add", "/text", 1)], {"text": 1}),
    ("a member of any kind is replaced", [op("replace", "/nothing", [])], {"nothing": []}),
    ("an element is replaced", [op("replace", "/list/0", 9)], {"list": [9, 2]}),
    ("an element is removed", [op("remove", "/list/0")], {"list": [2]}),
    ("an element moves within its array", [op("move", "/list/1", source="/list/0")], {"list": [2, 1]}),
    ("moving to the same place is nothing", [op("move", "/text", source="/text")], {}),
    ("a member is copied", [op("copy", "/list/-", source="/text")], {"list": [1, 2, "abc"]}),
    ("empty names are names", [op("replace", "//", 5)], {"": {"": 5}}),
    ("~1 is a slash", [op("replace", "/a~1b", 5)], {"a/b": 5}),
    ("~0 is a tilde", [op("replace", "/m~0n", 5)], {"m~n": 5}),
    ("~01 is ~1 and no slash", [op("add", "/x~01y", 5)], {"x~1y": 5}),
    ("- is a member of an object", [op("add", "/-", 5)], {"-": 5}),
    ("digits are a member of an object", [op("add", "/01", 5)], {"01": 5}),
    ("a test that holds changes nothing", [op("test", "/list", [1.0, 2])], {}),
    ("null is a value to test for", [op("test", "/nothing", None)], {}),
    ("the order of names is nothing to a test", [op("test", "", dict(reversed(LIST.items())))], {}),
    ("ids further down are the document's own", [op("add", "/text", {"id": 1, "_meta": 2})],
     {"text": {"id": 1, "_meta": 2}}),
    ("members unknown to the RFC are passed over", [op("add", "/text", 1) | {"why": "x"}], {"text": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operations", "change"), [row[1:] for row in FITTING], ids=[row[0] for row in FITTING]
)
def test_an_operation_does_what_the_rfc_says(operations: list[Any], change: dict[str, Any]) -> None:
    assert patched(LIST, *operations) == LIST | change


UNFIT = {
    "test: another value": op("test", "/text", "abd"),
    "test: true is not 1": op("test", "/list/0", True),
    "test: missing is not null": op("test", "/missing", None),
    "test: a string is no array": op("test", "/text/0", "a"),
    "test: nothing stands after the end": op("test", "/list/-", 2),
    "add: into a missing object": op("add", "/missing/x", 1),
    "add: into a string": op("add", "/text/0", 1),
    "add: into null": op("add", "/nothing/x", 1),
    "add: beyond the end": op("add", "/list/3", 1),
    "add: a leading zero": op("add", "/list/01", 1),
    "add: a negative index": op("add", "/list/-1", 1),
    "add: digits that are not ASCII": op("add", "/list/١", 1),
    "add: an exponent": op("add", "/list/1e0", 1),
    "add: an index beyond all arrays": op("add", "/list/" + "9" * 5000, 1),
    "add: a name in an array": op("add", "/list/x", 1),
    "replace: missing": op("replace", "/missing", 1),
    "replace: beyond the end": op("replace", "/list/2", 1),
    "replace: after the end": op("replace", "/list/-", 1),
    "remove: missing": op("remove", "/missing"),
    "remove: after the end": op("remove", "/list/-"),
    "remove: out of a string": op("remove", "/text/0"),
    "move: missing": op("move", "/x", source="/missing"),
    "move: beyond what is left": op("move", "/list/2", source="/list/0"),
    "copy: missing": op("copy", "/x", source="/missing"),
    "copy: a character": op("copy", "/x", source="/text/0"),
}


@pytest.mark.parametrize("operation", UNFIT.values(), ids=UNFIT.keys())
def test_what_does_not_fit_the_document_is_refused_with_its_place(operation: Any) -> None:
    with pytest.raises(PatchUnfit) as refused:
        patched(LIST, op("test", "/text", "abc"), operation)
    assert refused.value.index == 1
    assert "object at 0x" not in str(refused.value)
    assert len(str(refused.value)) < 300


INVALID = {
    "no array": {"op": "add"},
    "an operation that is no object": ["add"],
    "no op": [{"path": "/a", "value": 1}],
    "an unknown op": [op("increment", "/a", 1)],
    "op is no string": [{"op": ["add"], "path": "/a", "value": 1}],
    "no path": [{"op": "remove"}],
    "path is no string": [{"op": "remove", "path": ["a"]}],
    "path is null": [{"op": "remove", "path": None}],
    "no value": [op("add", "/a")],
    "no value to test for": [op("test", "/a")],
    "no from": [op("move", "/a")],
    "from is no string": [{"op": "copy", "path": "/a", "from": 1}],
    "a pointer without its slash": [op("remove", "a")],
    "a URI fragment": [op("remove", "#/a")],
    "~ alone": [op("remove", "/a~")],
    "~2": [op("remove", "/a~2b")],
    "into id": [op("replace", "/id", "o2")],
    "below id": [op("add", "/id/x", 1)],
    "into _meta": [op("replace", "/_meta/version", 9)],
    "from _meta": [op("copy", "/x", source="/_meta")],
    "testing id": [op("test", "/id", "o1")],
    "into itself": [op("move", "/list/0", source="/list")],
    "the root into itself": [op("move", "/list", source="")],
    "an array for the root": [op("replace", "", [])],
    "null for the root": [op("add", "", None)],
    "no root": [op("remove", "")],
    "a number moved to the root": [op("move", "", source="/list/0")],
    "id given by the root": [op("replace", "", {"id": "o2"})],
    "_meta given by the root": [op("replace", "", {"_meta": {}})],
    "too many": [op("add", "/a", 1)] * (MOST_OPERATIONS + 1),
}


@pytest.mark.parametrize("patch", INVALID.values(), ids=INVALID.keys())
def test_what_can_be_no_patch_of_a_document_is_refused(patch: Any) -> None:
    with pytest.raises(PatchInvalid):
        apply_operations(LIST, read_operations(patch))


def test_the_place_of_an_operation_that_can_not_be_is_told() -> None:
    with pytest.raises(PatchInvalid, match="operation 1: `add` needs `value`"):
        read_operations([op("remove", "/a"), op("add", "/a")])


def test_a_thousand_operations_are_taken() -> None:
    many = [op("add", f"/{number}", number) for number in range(MOST_OPERATIONS)]
    assert patched({}, *many) == {str(number): number for number in range(MOST_OPERATIONS)}


def test_nothing_is_shared_between_what_was_copied() -> None:
    copied = patched(
        {"a": {"n": [1]}}, op("copy", "/b", source="/a"), op("add", "/b/n/-", 2), op("add", "/a/m", 3)
    )
    assert copied == {"a": {"n": [1], "m": 3}, "b": {"n": [1, 2]}}


def test_a_patch_reads_the_same_when_it_is_applied_again() -> None:
    operations = read_operations([op("add", "/a", {"n": []}), op("add", "/a/n/-", 1)])
    assert apply_operations({}, operations) == apply_operations({}, operations) == {"a": {"n": [1]}}


def test_what_is_copied_in_all_has_a_bound() -> None:
    doubling = [op("copy", "/a/-", source="/a")] * 60
    begun = time.process_time()
    with pytest.raises(PatchInvalid, match="copies more than"):
        patched({"a": ["x" * 100]}, *doubling)
    assert time.process_time() - begun < 1


def test_copying_over_and_over_to_one_place_has_the_same_bound() -> None:
    over = [op("copy", "/b", source="/a")] * MOST_OPERATIONS
    begun = time.process_time()
    with pytest.raises(PatchInvalid, match="copies more than"):
        patched({"a": [0] * 200_000}, *over)
    assert time.process_time() - begun < 2


def test_what_nests_too_deep_is_refused_and_not_walked_down() -> None:
    deep = orjson.loads("[" * 1000 + "]" * 1000)
    with pytest.raises(PatchInvalid, match="deeper"):
        apply_operations({}, read_operations([op("add", "/a", deep)]))
    with pytest.raises(PatchUnfit):
        apply_operations({"a": []}, read_operations([op("test", "/a", deep)]))


def test_moving_deeper_and_deeper_ends_in_a_value_that_is_refused() -> None:
    nest = [[op("add", "/b", {}), op("move", "/b/a", source="/a"), op("move", "/a", source="/b")]] * 300
    deep = apply_operations({"a": {}}, read_operations([single for three in nest for single in three]))
    with pytest.raises(InvalidValue):
        check_document(deep)


def test_copying_what_was_moved_too_deep_is_refused() -> None:
    nest = [[op("add", "/b", {}), op("move", "/b/a", source="/a"), op("move", "/a", source="/b")]] * 300
    operations = [single for three in nest for single in three]
    with pytest.raises(PatchInvalid, match="deeper"):
        patched({"a": {}}, *operations, op("copy", "/c", source="/a"))

"""What may happen to a document, told as given / when / then."""

from typing import Any

import orjson
import pytest

from commands.documents import Create, Delete, JsonPatch, MergePatch, Put, Restore, document
from commands.errors import BodyInvalid, DocumentExists, DocumentMissing, PatchInvalid, PatchUnfit
from commands.json_patch import read_operations
from events.commit import Event
from events.document import Present, meta, response_body
from events.errors import InvalidValue
from events.values import MOST_DOCUMENT_BYTES
from tests.commands.scenario import MIDNIGHT, given

TEA = {"drink": "tea", "cups": 2}
BORN = Event("created", TEA)
GONE = Event("deleted", {})
BIRTH = {"at": MIDNIGHT.replace(minute=1), "position": 10}


def patch(*operations: dict[str, Any]) -> JsonPatch:
    return JsonPatch(read_operations(list(operations)))


def seen(**changes: Any) -> Any:
    """The `_meta` of the document that BORN made, as it was read, with `changes`."""
    state = given(document, BORN).state
    return meta(state) | changes


def test_creating_what_is_not_there_makes_it() -> None:
    given(document).when(Create(TEA)).then(Event("created", TEA))


def test_creating_what_is_there_is_refused() -> None:
    given(document, BORN).when(Create({"other": 1})).refused(DocumentExists)


def test_creating_what_was_deleted_makes_it_anew() -> None:
    given(document, BORN, GONE).when(Create({"cups": 1})).then(Event("created", {"cups": 1}))


def test_an_empty_object_is_a_document() -> None:
    given(document).when(Create({})).then(Event("created", {}))
    given(document, BORN).when(Put({})).then(Event("replaced", {}))


def test_putting_what_is_not_there_creates_it() -> None:
    given(document).when(Put(TEA)).then(Event("created", TEA))
    given(document, BORN, GONE).when(Put(TEA)).then(Event("created", TEA))


def test_putting_something_else_replaces_it() -> None:
    given(document, BORN).when(Put({"cups": 3})).then(Event("replaced", {"cups": 3}))


def test_putting_the_same_again_is_no_news() -> None:
    given(document, BORN).when(Put(dict(TEA))).then()


@pytest.mark.parametrize(
    "other",
    [{"drink": "tea", "cups": 2.0}, {"cups": 2, "drink": "tea"}, {"drink": "tea", "cups": True}],
    ids=["kind of number", "order of names", "true for a number"],
)
def test_putting_what_reads_differently_is_news(other: dict[str, Any]) -> None:
    given(document, BORN).when(Put(other)).then(Event("replaced", other))


def test_a_document_that_was_read_can_be_sent_back() -> None:
    given(document, BORN).when(Put({"cups": 9}, seen())).then(Event("replaced", {"cups": 9}))
    given(document, BORN).when(MergePatch({"cups": 2}, seen())).then()


def test_the_order_of_names_in_a_meta_sent_back_is_nothing() -> None:
    turned = dict(reversed(seen().items()))
    given(document, BORN).when(Put({"cups": 9}, turned)).then(Event("replaced", {"cups": 9}))


@pytest.mark.parametrize(
    "wrong",
    [seen(version=7), seen(updated_by="user:eve"), seen(extra=1), seen(version=True), {}, [], 0, "x"],
    ids=str,
)
def test_another_meta_is_refused(wrong: Any) -> None:
    given(document, BORN).when(Put(TEA, wrong)).refused(BodyInvalid, pointer="/_meta")
    given(document, BORN).when(MergePatch({}, wrong)).refused(BodyInvalid, pointer="/_meta")


def test_a_meta_for_a_document_that_is_not_there_is_refused() -> None:
    given(document).when(Put(TEA, seen())).refused(BodyInvalid, pointer="/_meta")
    given(document, BORN, GONE).when(Put(TEA, seen())).refused(BodyInvalid, pointer="/_meta")


def test_a_meta_nested_beyond_all_bounds_is_refused_like_any_other() -> None:
    deep = orjson.loads("[" * 1000 + "]" * 1000)
    given(document, BORN).when(Put(TEA, deep)).refused(BodyInvalid, pointer="/_meta")


def test_a_merge_patch_says_only_what_changed() -> None:
    change = {"set": {"cups": 3}, "unset": ["drink"]}
    given(document, BORN).when(MergePatch({"cups": 3, "drink": None})).then(Event("patched", change))


def test_a_merge_patch_that_changes_nothing_is_no_news() -> None:
    given(document, BORN).when(MergePatch({})).then()
    given(document, BORN).when(MergePatch({"cups": 2, "milk": None})).then()


def test_a_merge_patch_that_changes_the_kind_of_a_number_is_news() -> None:
    change = {"set": {"cups": 2.0}, "unset": []}
    given(document, BORN).when(MergePatch({"cups": 2.0})).then(Event("patched", change))


def test_a_json_patch_says_only_what_changed() -> None:
    change = {"set": {"milk": {"ml": 10}}, "unset": ["cups"]}
    command = patch(
        {"op": "test", "path": "/cups", "value": 2},
        {"op": "remove", "path": "/cups"},
        {"op": "add", "path": "/milk", "value": {"ml": 10}},
    )
    given(document, BORN).when(command).then(Event("patched", change))


def test_a_json_patch_that_ends_where_it_began_is_no_news() -> None:
    there_and_back = patch(
        {"op": "add", "path": "/milk", "value": 1},
        {"op": "remove", "path": "/milk"},
    )
    given(document, BORN).when(there_and_back).then()
    given(document, BORN).when(patch()).then()


def test_a_json_patch_that_does_not_fit_is_refused_with_its_place() -> None:
    command = patch({"op": "replace", "path": "/cups", "value": 3}, {"op": "test", "path": "/cups", "value": 2})
    given(document, BORN).when(command).refused(PatchUnfit, index=1)


def test_a_json_patch_of_the_root_replaces_the_document() -> None:
    change = {"set": {"cake": 1}, "unset": ["drink", "cups"]}
    command = patch({"op": "replace", "path": "", "value": {"cake": 1}})
    given(document, BORN).when(command).then(Event("patched", change))


@pytest.mark.parametrize("root", [{"id": "o2"}, {"_meta": {}}])
def test_a_json_patch_can_not_smuggle_in_what_the_server_keeps(root: dict[str, Any]) -> None:
    given(document, BORN).when(patch({"op": "add", "path": "", "value": root})).refused(PatchInvalid)
    hidden = patch({"op": "add", "path": "/box", "value": root}, {"op": "move", "from": "/box", "path": ""})
    given(document, BORN).when(hidden).refused(PatchInvalid)


def test_patching_what_is_not_there_is_refused() -> None:
    for history in ([], [BORN, GONE]):
        given(document, *history).when(MergePatch({"cups": 2})).refused(DocumentMissing)
        given(document, *history).when(patch()).refused(DocumentMissing)


def test_deleting_takes_it_away_once() -> None:
    given(document, BORN).when(Delete()).then(GONE)
    given(document, BORN, GONE).when(Delete()).refused(DocumentMissing)
    given(document).when(Delete()).refused(DocumentMissing)


def test_restoring_brings_back_what_was_deleted_with_its_birth() -> None:
    grown = Event("patched", {"set": {"cups": 3}, "unset": []})
    back = Event("restored", {"body": {"drink": "tea", "cups": 3}, "created": BIRTH})
    given(document, BORN, grown, GONE).when(Restore()).then(back)


def test_restoring_what_is_there_or_never_was_is_refused() -> None:
    given(document, BORN).when(Restore()).refused(DocumentExists)
    given(document).when(Restore()).refused(DocumentMissing)


def test_a_restored_document_is_as_old_as_before() -> None:
    state = given(document, BORN, GONE, Event("restored", {"body": TEA, "created": BIRTH})).state
    assert isinstance(state, Present)
    assert (state.body, state.version, state.position) == (TEA, 3, 30)
    assert (state.birth.at, state.birth.position) == (BIRTH["at"], 10)


def test_a_document_created_again_is_born_again_and_counts_on() -> None:
    state = given(document, BORN, GONE, Event("created", {"cups": 1})).state
    assert isinstance(state, Present)
    assert (state.version, state.birth.position) == (3, 30)


NOT_STORABLE = [
    pytest.param({"$set": 1}, id="a name that begins with a dollar"),
    pytest.param({"a": {"n\0": 1}}, id="a name with NUL"),
    pytest.param({"a" * 1025: 1}, id="a name of more than 1 KiB"),
    pytest.param({"a": "x" * MOST_DOCUMENT_BYTES}, id="more than 1 MiB"),
    pytest.param({"a": orjson.loads("[" * 64 + "]" * 64)}, id="65 levels"),
    pytest.param({"a": orjson.loads("[" * 1000 + "]" * 1000)}, id="1001 levels"),
    pytest.param(orjson.loads('{"a":' * 1000 + "1" + "}" * 1000), id="1000 levels of objects"),
]


@pytest.mark.parametrize("body", NOT_STORABLE)
def test_what_no_document_may_hold_is_refused_on_every_way_in(body: dict[str, Any]) -> None:
    given(document).when(Create(body)).refused(InvalidValue)
    given(document).when(Put(body)).refused(InvalidValue)
    given(document, BORN).when(Put(body)).refused(InvalidValue)
    given(document, BORN).when(MergePatch(body)).refused(InvalidValue)
    smuggling = patch({"op": "add", "path": "", "value": body})
    assert type(given(document, BORN).when(smuggling).error) in (InvalidValue, PatchInvalid)


def test_a_document_may_nest_64_levels() -> None:
    body = orjson.loads('{"a":' + "[" * 63 + "]" * 63 + "}")
    given(document).when(Create(body)).then(Event("created", body))
    given(document, BORN).when(Put(body)).then(Event("replaced", body))


def test_deciding_and_folding_leave_their_arguments_as_they_are() -> None:
    state = given(document, Event("created", {"list": [1, {"deep": []}]})).state
    command = patch(
        {"op": "add", "path": "/new", "value": {"inner": []}},
        {"op": "add", "path": "/new/inner/-", "value": 1},
        {"op": "add", "path": "/list/1/deep/-", "value": 2},
    )
    first = given(document, Event("created", {"list": [1, {"deep": []}]})).when(command)
    second = given(document, Event("created", {"list": [1, {"deep": []}]})).when(command)
    assert first == second
    document.decide(command, state)
    assert response_body("o1", state).startswith(b'{"id":"o1","list":[1,{"deep":[]}],')

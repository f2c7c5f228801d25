"""Documents as the log tells of them: given a history, this is the document, and these are its bytes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from events.commit import Commit, Event
from events.document import (
    ABSENT,
    Absent,
    Birth,
    Deleted,
    Document,
    Present,
    UnknownEvent,
    apply,
    apply_patch,
    meta,
    patch_between,
    response_body,
    same,
)
from events.position import Position, StreamName, Version
from tests.events.json_values import objects, texts, traits, values

BIRTHDAY = datetime(2026, 11, 22, 11, 30, 0, 123000, tzinfo=UTC)
CREATED = Event("created", {"status": "new", "total": 10})
DELETED = Event("deleted", {})


def patched(unset: Sequence[str] = (), **changed: Any) -> Event:
    """The event of a patch."""
    return Event("patched", {"set": changed, "unset": list(unset)})


def history(*commits: Sequence[Event]) -> list[Commit]:
    """Commits of one stream, one an hour, at every tenth position, each by an actor of its own."""
    version, told = 1, []
    for place, events in enumerate(commits):
        at = BIRTHDAY + timedelta(hours=place)
        position = Position(10 * (place + 1))
        told.append(
            Commit(position, StreamName("orders/o1"), Version(version), at, f"user:{place}", list(events))
        )
        version += len(events)
    return told


class Given(NamedTuple):
    """A history, and what is expected of it."""

    document: Document

    def is_present(self, body: dict[str, Any], *, version: int, position: int, born: int = 10) -> Present:
        """The document is there."""
        assert isinstance(self.document, Present)
        assert traits(self.document.body) == traits(body)
        assert (self.document.version, self.document.position) == (version, position)
        assert self.document.birth.position == born
        return self.document


def given(*commits: Sequence[Event]) -> Given:
    """The document after these commits."""
    state: Document = ABSENT
    for commit in history(*commits):
        state = apply(state, commit)
    return Given(state)


def test_nothing_happened_so_there_is_no_document() -> None:
    assert given().document == Absent(Version(0), Position(0))


def test_a_created_document_has_its_body_and_its_birth() -> None:
    document = given([CREATED]).is_present({"status": "new", "total": 10}, version=1, position=10)
    assert document.birth == Birth(BIRTHDAY, Position(10))
    assert (document.updated_at, document.updated_by) == (BIRTHDAY, "user:0")


def test_a_replaced_document_keeps_its_birth_alone() -> None:
    document = given([CREATED], [Event("replaced", {"b": 1})]).is_present({"b": 1}, version=2, position=20)
    assert document.birth == Birth(BIRTHDAY, Position(10))
    assert (document.updated_at, document.updated_by) == (BIRTHDAY + timedelta(hours=1), "user:1")


def test_a_patch_changes_its_names_and_leaves_the_others_in_their_order() -> None:
    given([CREATED], [patched(total=11, note=None)], [patched(["status", "never"])]).is_present(
        {"total": 11, "note": None}, version=3, position=30
    )


def test_events_of_one_commit_are_applied_in_order() -> None:
    given([CREATED, patched(total=1), patched(total=2), patched(["status"])]).is_present(
        {"total": 2}, version=4, position=10
    )


def test_a_deleted_document_remembers_what_a_restore_brings_back() -> None:
    deleted = given([CREATED], [patched(total=11)], [DELETED]).document
    assert isinstance(deleted, Deleted)
    assert deleted.body == {"status": "new", "total": 11}
    assert (deleted.version, deleted.position, deleted.birth.position) == (3, 30, 10)


def test_a_restored_document_is_as_old_as_it_was() -> None:
    restored = Event("restored", {"body": {"b": 1}, "created": {"at": BIRTHDAY, "position": 10}})
    document = given([CREATED], [DELETED], [restored]).is_present({"b": 1}, version=3, position=30)
    assert document.birth == Birth(BIRTHDAY, Position(10))


def test_a_document_created_again_is_born_again_and_counts_on() -> None:
    given([CREATED], [DELETED], [CREATED]).is_present(CREATED.data, version=3, position=30, born=30)


@pytest.mark.parametrize("event", [Event("replaced", {}), patched(a=1), DELETED, Event("painted", {})], ids=str)
@pytest.mark.parametrize("before", [(), ([CREATED], [DELETED])], ids=["absent", "deleted"])
def test_an_event_that_does_not_fit_is_not_guessed_at(before: Any, event: Event) -> None:
    with pytest.raises(UnknownEvent, match=f"'{event.type}' at version {len(before) + 1} of orders/o1"):
        given(*before, [event])


def test_an_event_of_a_later_foldbase_is_not_guessed_at() -> None:
    with pytest.raises(UnknownEvent, match="'painted'"):
        given([CREATED], [Event("painted", {})])


@for_any(objects, objects)
def test_a_patch_leads_from_any_body_to_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = traits(before)
    change = patch_between(before, after)
    if change is None:
        assert {name: traits(value) for name, value in before.items()} == {
            name: traits(value) for name, value in after.items()
        }
        return
    patched = apply_patch(before, change)
    assert {name: traits(value) for name, value in patched.items()} == {
        name: traits(value) for name, value in after.items()
    }
    assert traits(before) == kept


@for_any(objects, st.data())
def test_a_patch_says_no_more_than_what_changed(before: dict[str, Any], data: st.DataObject) -> None:
    assert patch_between(before, dict(before)) is None
    name = data.draw(st.sampled_from([*before, "new"]))
    after = {**before, name: {"certainly": "new"}}
    assert patch_between(before, after) == {"set": {name: {"certainly": "new"}}, "unset": []}


@for_any(values)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, orjson.loads(orjson.dumps(value)))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (0.0, -0.0), (1, True), (0, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ("1", 1)],
)
def test_values_that_only_look_alike_are_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert patch_between({"it": one}, {"it": other}) == {"set": {"it": other}, "unset": []}


@for_any(objects.map(lambda body: {k: v for k, v in body.items() if k not in ("id", "_meta")}), texts, texts)
def test_final_bytes_are_the_body_with_id_before_and_meta_behind(
    body: dict[str, Any], id: str, actor: str
) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
    document = Present(body, Version(2**31), Position(2**53 - 1), Birth(BIRTHDAY, Position(1)), at, actor)
    told = orjson.loads(response_body(id, document))
    assert traits(told) == traits({"id": id, **body, "_meta": meta(document)})
    assert told["_meta"] == {
        "version": 2**31,
        "position": 2**53 - 1,
        "created_at": "2026-11-22T11:30:00.123Z",
        "updated_at": "2026-01-02T03:04:05.006Z",
        "updated_by": actor,
    }


@pytest.mark.parametrize("microsecond", [0, 999999, 500])
def test_times_always_show_three_digits(microsecond: int) -> None:
    at = BIRTHDAY.replace(microsecond=microsecond)
    document = Present({}, Version(1), Position(1), Birth(at, Position(1)), at, "user:ada")
    assert meta(document)["created_at"] == f"2026-11-22T11:30:00.{microsecond // 1000:03}Z"

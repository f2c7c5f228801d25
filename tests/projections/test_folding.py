"""Rows are a fold: however a history is cut into batches, the same bytes come out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.documents import Create, Delete, MergePatch, Put, Restore, document
from commands.errors import Refused
from events.commit import Commit, Event
from events.document import ABSENT, UnknownEvent
from events.position import Position, Version, stream_name
from projections.fold import RowChanges, fold_rows, rows_needed
from projections.row import document_of, read_row, row_of
from tests.examples import costing
from tests.projections.oracle import Contents, fold

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
IDS = ("a", "b", "c")

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = texts.filter(lambda name: "\0" not in name and not name.startswith("$"))
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(names.filter(lambda name: name not in ("id", "_meta")), values, max_size=4)
commands = st.one_of(
    st.builds(Create, bodies),
    st.builds(Put, bodies),
    st.builds(MergePatch, bodies),
    st.builds(Delete),
    st.builds(Restore),
)
actors = st.sampled_from(("user:ada", "", 'quo"te\\', "\u2028"))
wishes = st.lists(
    st.tuples(st.sampled_from(IDS), commands, st.integers(-50, 5000), actors), min_size=1, max_size=25
)


def history(wished: list[tuple[str, Any, int, str]]) -> list[Commit]:
    """The commits that wishes lead to; a clock may go back."""
    states: dict[str, Any] = {}
    versions: dict[str, int] = {}
    commits: list[Commit] = []
    for id, command, milliseconds, actor in wished:
        try:
            events = document.decide(command, states.get(id, ABSENT))
        except Refused:
            continue
        if events:
            place, version = Position(len(commits) + 1), Version(versions.get(id, 0) + 1)
            at = EPOCH + timedelta(milliseconds=milliseconds)
            commits.append(Commit(place, stream_name("c", id), version, at, actor, events))
            states[id] = document.evolve(states.get(id, ABSENT), commits[-1])
            versions[id] = commits[-1].last_version
    return commits


class Kept:
    """A generation, held to moving rows and index entries together."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.members: set[bytes] = set()

    def apply(self, commits: list[Commit], floor: int) -> None:
        needed = rows_needed(commits)
        before = {id: self.rows[id] for id in needed if id in self.rows}
        self.take(fold_rows(commits, before, Position(floor)))
        assert len(self.rows) == len(self.members)

    def take(self, changes: RowChanges) -> None:
        for id in changes.removed:
            del self.rows[id]
        self.rows |= changes.written
        for member in changes.unindexed:
            self.members.remove(member)
        assert not self.members & set(changes.indexed)
        self.members |= set(changes.indexed)

    @property
    def contents(self) -> Contents:
        return Contents({id.encode(): row for id, row in self.rows.items()}, sorted(self.members))


def batched(commits: list[Commit], cuts: set[int]) -> Iterator[list[Commit]]:
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(commits)), len(commits)]
    for start, stop in pairwise(places):
        yield commits[start:stop]


@costing(2)
@given(wishes, st.sets(st.integers(1, 25)), st.integers(0, 12))
def test_any_batching_of_any_history_gives_the_bytes_of_the_plain_fold(
    wished: list[tuple[str, Any, int, str]], cuts: set[int], floor: int
) -> None:
    commits = [commit for commit in history(wished) if _is_whole(commit, history(wished), floor)]
    kept = Kept()
    for batch in batched(commits, cuts):
        if batch:
            kept.apply(batch, floor)
    expected = fold(commits, {"c": {0: floor}}).get("c", Contents({}, []))
    assert kept.contents == expected


def _is_whole(commit: Commit, commits: list[Commit], floor: int) -> bool:
    """Whether writers knew the floor: above it they begin documents anew."""
    if commit.position <= floor:
        return True
    begins = [
        other.position
        for other in commits
        if other.stream == commit.stream and other.position > floor and other.events[0].type == "created"
    ]
    return bool(begins) and commit.position >= min(begins)


@costing(2)
@given(wishes)
def test_a_row_gives_back_the_document_it_was_made_of(wished: list[tuple[str, Any, int, str]]) -> None:
    commits = history(wished)
    rows = fold_rows(commits, {}, Position(0)).written
    for id, row in rows.items():
        found = document_of(row)
        assert row_of(id, found) == row
        assert read_row(row).version == found.version


def test_a_keyed_write_that_changed_nothing_is_no_version_of_any_row() -> None:
    empty = Commit(Position(2), stream_name("c", "a"), Version(0), EPOCH, "user:ada", [])
    created = Commit(Position(1), stream_name("c", "a"), Version(1), EPOCH, "user:ada", [Event("created", {})])
    assert rows_needed([empty]) == []
    assert fold_rows([empty], {}, Position(0)) == RowChanges()
    assert fold_rows([created, empty], {}, Position(0)) == fold_rows([created], {}, Position(0))


def test_an_event_that_does_not_fit_is_no_guess() -> None:
    patched = Event("patched", {"set": {"n": 1}, "unset": []})
    with pytest.raises(UnknownEvent):
        fold_rows([_second(patched)], {}, Position(0))
    with pytest.raises(UnknownEvent):
        fold_rows([_second(Event("frobbed", {}))], {}, Position(0))


@pytest.mark.parametrize(
    "event",
    [
        Event("patched", {"set": {"n": 1}, "unset": []}),
        Event("replaced", {"n": 1}),
        Event("deleted", {}),
        Event("restored", {"body": {"n": 1}, "created": {"at": EPOCH, "position": Position(3)}}),
    ],
)
def test_a_change_of_a_dropped_document_by_one_who_did_not_know_is_gone_with_it(event: Event) -> None:
    assert fold_rows([_second(event)], {}, Position(7)) == RowChanges()


def test_a_document_that_was_born_above_the_floor_is_restored() -> None:
    created = {"at": EPOCH, "position": Position(8)}
    restored = _second(Event("restored", {"body": {"n": 1}, "created": created}))
    assert list(fold_rows([restored], {}, Position(7)).written) == ["a"]


def _second(event: Event) -> Commit:
    return Commit(Position(9), stream_name("c", "a"), Version(2), EPOCH, "user:ada", [event])

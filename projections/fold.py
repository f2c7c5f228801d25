"""The pure heart: from rows before and commits to rows after, and from both to what changes in Redis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from events.commit import Commit
from events.document import ABSENT, Absent, Document, Present, apply, begins
from events.position import Position, id_of
from events.soundness import check_body, check_commit, check_numbers, check_objects
from projections.parked import Lot, Parked
from projections.row import creation_key_of, document_of, row_of


class Touched(NamedTuple):
    """A document that a batch of commits changed, and its rows. A document that was deleted is Absent."""

    id: str
    before: Present | Absent
    after: Present | Absent
    row_before: bytes | None
    row_after: bytes | None


@dataclass(slots=True)
class RowChanges:
    """What a batch of commits changes in one generation: rows, their order by creation, documents.

    A document that was not there before and is not there afterwards was not touched.
    """

    written: dict[str, bytes] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    indexed: list[bytes] = field(default_factory=list)
    unindexed: list[bytes] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)


def rows_needed(commits: Iterable[Commit]) -> list[str]:
    """The ids whose rows must be known before `commits` can be applied: those with a history."""
    first: dict[str, int] = {}
    for commit in commits:
        if commit.version:
            first.setdefault(commit.stream, commit.version)
    return [stream[stream.index("/") + 1 :] for stream, version in first.items() if version > 1]


def fold_rows(
    commits: Iterable[Commit],
    before: Mapping[str, bytes],
    floor: Position,
    lot: Lot | None = None,
    again: str | None = None,
) -> RowChanges:
    """Apply the commits of one collection, in order, to the rows they touch.

    before: the rows that `rows_needed` asked for, as far as they exist.
    floor:  commits up to this position do not count: their collection was dropped since.
    lot:    where documents are parked; without one, a commit that can not be applied is raised.
    again:  a document whose row is written anew even where nothing is applied to it.
    Raises: UnknownEvent, or whatever an event that makes no sense leads to.
    """
    documents: dict[str, tuple[Present | Absent, Document]] = {}
    if again is not None:
        documents[again] = _first(again, before)
    for commit in commits:
        if not commit.version or commit.position <= floor:
            continue
        id = id_of(commit.stream)
        if lot is not None and lot.queues(id):
            continue
        known = documents.get(id)
        if known is not None and lot is None:
            _check_present(known[1])
        first, document = known or _first(id, before)
        documents[id] = first, _applied(id, document, commit, floor, lot)
    changes = RowChanges()
    for id, (first, last) in documents.items():
        stale = lot.parked.get(id) if lot is not None else None
        _add(changes, id, first, last, before.get(id), stale)
    if lot is None:
        _check_numbers(changes.touched)
    return changes


def _first(id: str, before: Mapping[str, bytes]) -> tuple[Present | Absent, Present | Absent]:
    row = before.get(id)
    document = ABSENT if row is None else document_of(row)
    return document, document


def _applied(id: str, document: Document, commit: Commit, floor: Position, lot: Lot | None) -> Document:
    try:
        if floor and isinstance(document, Absent) and not begins(commit, floor):
            return document
        after = apply(document, commit)
        _check_json(commit, made_a_row=lot is None)
        if lot is not None:
            lot.check(id, after)
    except Exception as error:
        if lot is None or isinstance(error, MemoryError):
            raise
        lot.park(id, commit, error)
        return document
    return after


def _check_json(commit: Commit, *, made_a_row: bool) -> None:
    """Raises unless what the events say is JSON: what the log may hold besides would be no document.

    made_a_row: what a single event leads to is written as JSON anyway, and need not be written twice.
    """
    if made_a_row and len(commit.events) == 1:
        check_objects(commit)
    else:
        check_commit(commit)


def _check_present(document: Document) -> None:
    """Raises unless a document that the next commit changes is JSON: nothing is written of it."""
    if isinstance(document, Present):
        check_body(document.body)


def _check_numbers(touched: Iterable[Touched]) -> None:
    """Raises for NaN and infinities, which are no JSON, and were written as null."""
    for _, _, after, _, row in touched:
        if row is not None and isinstance(after, Present):
            check_numbers(after.body, row)


def _add(
    changes: RowChanges,
    id: str,
    first: Present | Absent,
    last: Document,
    row: bytes | None,
    stale: Parked | None,
) -> None:
    old_key = None if row is None else creation_key_of(id, row)
    if isinstance(last, Present):
        changes.written[id] = new_row = row_of(id, last, None if stale is None else stale.position)
        changes.touched.append(Touched(id, first, last, row, new_row))
        new_key = creation_key_of(id, new_row)
        if new_key != old_key:
            changes.indexed.append(new_key)
            if old_key is not None:
                changes.unindexed.append(old_key)
    elif old_key is not None:
        changes.removed.append(id)
        changes.unindexed.append(old_key)
        changes.touched.append(Touched(id, first, ABSENT, row, None))

"""The pure heart: from rows before and commits to rows after, and from both to what changes in Redis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from events.commit import Commit
from events.document import ABSENT, Absent, Document, Present, apply, begins
from events.position import Position, id_of
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


def fold_rows(commits: Iterable[Commit], before: Mapping[str, bytes], floor: Position) -> RowChanges:
    """Apply the commits of one collection, in order, to the rows they touch.

    before: the rows that `rows_needed` asked for, as far as they exist.
    floor:  commits up to this position do not count: their collection was dropped since.
    Raises: UnknownEvent.
    """
    documents: dict[str, tuple[Present | Absent, Document]] = {}
    for commit in commits:
        if not commit.version or commit.position <= floor:
            continue
        id = id_of(commit.stream)
        known = documents.get(id)
        if known is None:
            row = before.get(id)
            first = ABSENT if row is None else document_of(row)
            known = first, first
        first, document = known
        if floor and isinstance(document, Absent) and not begins(commit, floor):
            continue
        documents[id] = first, apply(document, commit)
    changes = RowChanges()
    for id, (first, last) in documents.items():
        _add(changes, id, first, last, before.get(id))
    return changes


def _add(changes: RowChanges, id: str, first: Present | Absent, last: Document, row: bytes | None) -> None:
    old_key = None if row is None else creation_key_of(id, row)
    if isinstance(last, Present):
        changes.written[id] = new_row = row_of(id, last)
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

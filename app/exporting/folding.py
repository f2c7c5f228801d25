"""Folding commits that come document by document, so that one document is held at a time."""

from collections.abc import Iterable, Iterator

from app.exporting.records import DocumentRecord
from events.commit import Commit
from events.document import ABSENT, Document, Present, apply, begins
from events.extent import Extent
from events.position import Position, StreamName, id_of, partition_of
from events.soundness import check_commit


class Folding:
    """Takes the commits of an extent in their order, and gives each document when its history has ended.

    A commit that can not be applied, and what comes after it, are left out of its document, which says so.
    """

    def __init__(self, extent: Extent) -> None:
        self._extent = extent
        self._begin(None)

    def take(self, commits: Iterable[Commit]) -> Iterator[DocumentRecord]:
        """The documents whose last commit has come."""
        for commit in commits:
            if commit.stream != self._stream:
                yield from self.rest()
                self._begin(commit.stream)
            if self._stale_since is None:
                self._apply(commit)

    def rest(self) -> Iterator[DocumentRecord]:
        """The last document, once all commits have come."""
        if self._stream is not None and isinstance(self._document, Present):
            yield DocumentRecord(id_of(self._stream), self._document, self._stale_since)

    def _begin(self, stream: StreamName | None) -> None:
        self._stream = stream
        self._document: Document = ABSENT
        self._stale_since: Position | None = None

    def _apply(self, commit: Commit) -> None:
        floor = self._extent.floor(partition_of(commit.position))
        if floor and not isinstance(self._document, Present) and not begins(commit, floor):
            return
        try:
            after = apply(self._document, commit)
            check_commit(commit)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 (an event that makes no sense may lead to anything)
            self._stale_since = commit.position
        else:
            self._document = after

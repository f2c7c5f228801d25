"""The operation log: every request of a load and what came of it, kept where no server can lose it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from events.commit import JsonObject
from tests.faults.connection import Answer

Places = tuple[int, ...]


class Fate(Enum):
    """What a client knows of its write."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Write:
    """One write. `mark` stands in what it stores, as `mark`, and in nothing else; deleting stores nothing.

    if_match: the version that was demanded. error: why there was no answer. unsent: not all of it was sent.
    """

    mark: str
    method: str
    id: str | None
    body: JsonObject | None
    if_match: int | None = None
    answer: Answer | None = None
    error: str | None = None
    unsent: bool = False

    @property
    def fate(self) -> Fate:
        if self.unsent or (self.answer is not None and 400 <= self.answer.status < 500):
            return Fate.REFUSED
        if self.answer is not None and self.answer.status < 300:
            return Fate.ACKNOWLEDGED
        return Fate.UNKNOWN

    @property
    def position(self) -> int:
        """Where an acknowledged write is said to stand."""
        assert self.answer is not None
        return int(self.answer.headers["fold-position"])

    @property
    def version(self) -> int:
        """The version an acknowledged write is said to have led to."""
        assert self.answer is not None
        return int(self.answer.headers["etag"].strip('"'))

    def leads(self, before: JsonObject | None) -> JsonObject | None:
        """What a document becomes by it."""
        if self.method == "DELETE" or self.body is None:
            return None
        return {**before, **self.body} if self.method == "PATCH" and before else self.body


@dataclass(frozen=True, slots=True)
class Read:
    """One read that was served. `after`: the positions that were demanded; `at`: where it was served.

    id:    of the document that was asked for; None: a page of the `limit` newest.
    found: the documents of the answer, as they came.
    """

    session: str
    id: str | None
    limit: int
    after: Places
    at: Places
    found: Sequence[Any]


@dataclass
class History:
    """All that one load did, in the order in which it was begun (writes) or answered (reads).

    unserved: what was answered instead of a read. ids: of documents that were written, in that order.
    newest: where the write stands that was acknowledged last.
    """

    seed: str
    collection: str
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    unserved: list[Answer] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    newest: int = 0

    def fates(self, fate: Fate) -> list[Write]:
        """The writes with that fate."""
        return [write for write in self.writes if write.fate is fate]


def places(header: str) -> Places:
    """The positions in a Fold-Position header, one per partition, or just one."""
    return tuple(int(text) for text in header.split(","))

"""Skips: commits that an operator had left out of every projection. A decision, so it is kept in MongoDB.

{ _id: Int64 position, stream: "orders/o1", version: 4, at: Date, by: "user:ada" }
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from events.commit import Commit, Event, now
from events.document import LEFT_OUT
from events.errors import LogUnavailable
from events.position import Position
from events.store import DURABLE, MAJORITY, Database

SKIPS = "skips"


class Skips:
    """The decisions on one log. What this process knows of them is as old as its last `refresh`."""

    def __init__(self, database: Database) -> None:
        self._skips: Any = database.get_collection(SKIPS, read_concern=MAJORITY, write_concern=DURABLE)
        self._known: frozenset[Position] = frozenset()

    async def refresh(self) -> None:
        """Know what is decided now. Raises LogUnavailable."""
        try:
            self._known = frozenset([skip["_id"] async for skip in self._skips.find({}, {"_id": 1})])
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error

    async def add(self, commit: Commit, by: str) -> None:
        """Decide that `commit` is left out from now on. Twice is once. Raises LogUnavailable."""
        skip = {
            "_id": commit.position,
            "stream": commit.stream,
            "version": commit.version,
            "at": now(),
            "by": by,
        }
        try:
            await self._skips.insert_one(skip)
        except DuplicateKeyError:
            pass
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error
        self._known |= {commit.position}

    def __contains__(self, position: object) -> bool:
        """Whether the commit at `position` is left out."""
        return position in self._known

    def left(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        """The commits as they count: one that is left out changes nothing, and its versions are counted."""
        if not self._known:
            return commits
        return [_emptied(commit) if commit.position in self._known else commit for commit in commits]


def _emptied(commit: Commit) -> Commit:
    return commit._replace(events=[Event(LEFT_OUT, {}) for _ in commit.events])

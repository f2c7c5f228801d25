"""The truth: every state that every document ever had, folded from the bare log by rules of its own."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.read_concern import ReadConcern

from events.commit import JsonObject
from tests.faults.history import Places

Stored = dict[str, Any]
SEQUENCE_BITS = 40


class Moment(NamedTuple):
    """A document after one commit; body None: it is deleted. It was born at a time and a position."""

    commit: Stored
    body: JsonObject | None
    born: tuple[datetime, int]

    @property
    def shown(self) -> JsonObject:
        """The document as the API is to give it, as far as it can be known from the log."""
        assert self.body is not None
        meta = {
            "version": self.commit["version"],
            "position": self.commit["_id"],
            "created_at": _iso(self.born[0]),
            "updated_at": _iso(self.commit["at"]),
            "updated_by": self.commit["actor"],
        }
        return {"id": _id(self.commit), **self.body, "_meta": meta}


@dataclass(frozen=True)
class Truth:
    """The log as MongoDB has it. moments: of each document of one collection, in the order of the log."""

    commits: Sequence[Stored]
    moments: dict[str, list[Moment]]

    def at(self, id: str, where: Places) -> Moment | None:
        """The document as of those positions, one per partition; None: it never was."""
        history = self.moments.get(id, [])
        if not history:
            return None
        reached = where[history[0].commit["_id"] >> SEQUENCE_BITS]
        place = bisect_right(history, reached, key=lambda moment: int(moment.commit["_id"]))
        return history[place - 1] if place else None

    def newest(self, where: Places, limit: int) -> list[Moment]:
        """The documents there were as of those positions, newest first."""
        there = [found for id in self.moments if (found := self.at(id, where)) and found.body is not None]
        there.sort(key=lambda moment: (moment.born, _id(moment.commit)), reverse=True)
        return there[:limit]

    def head(self, partitions: int) -> Places:
        """The last positions there are."""
        last = [partition << SEQUENCE_BITS for partition in range(partitions)]
        for commit in self.commits:
            last[commit["_id"] >> SEQUENCE_BITS] = commit["_id"]
        return tuple(last)


def read_truth(url: str, collection: str) -> Truth:
    """Read the whole log, and fold one collection of it."""
    with MongoClient[Stored](url, tz_aware=True) as client:
        return truth_of(list(commits_of(client).find(sort=[("_id", 1)])), collection)


def commits_of(client: MongoClient[Stored], level: str = "majority") -> Collection[Stored]:
    """The log, read as projectors read it: what a majority has. With level "local": what this server has."""
    return client["foldbase"].get_collection("commits", read_concern=ReadConcern(level))


def truth_of(commits: Sequence[Stored], collection: str) -> Truth:
    """Fold one collection of a log."""
    moments: dict[str, list[Moment]] = {}
    for commit in _of(commits, collection):
        history = moments.setdefault(_id(commit), [])
        before = history[-1] if history else None
        history.append(_after(before, commit))
    return Truth(commits, moments)


def _of(commits: Iterable[Stored], collection: str) -> Iterable[Stored]:
    return (commit for commit in commits if commit["stream"].startswith(f"{collection}/"))


def _after(before: Moment | None, commit: Stored) -> Moment:
    [event] = commit["events"]
    here = (commit["at"], commit["_id"])
    match event["type"], event["data"]:
        case "created", body:
            return Moment(commit, body, here)
        case "replaced", body:
            assert before is not None
            return Moment(commit, body, before.born)
        case "patched", {"set": changed, "unset": gone}:
            assert before is not None
            assert before.body is not None
            body = {name: value for name, value in before.body.items() if name not in gone}
            return Moment(commit, {**body, **changed}, before.born)
        case "deleted", _:
            return Moment(commit, None, here)
    raise AssertionError(f"an event that no load makes: {event}")


def _id(commit: Stored) -> str:
    return str(commit["stream"]).partition("/")[2]


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"

"""A commit: the events that one command produced for one stream, stored as one MongoDB document."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import bson

from events.codec import utc
from events.errors import InvalidValue
from events.position import Position, StreamName, Version

JsonObject = dict[str, Any]

RESTORED = "restored"
"""The one event with a date in its data, at /created/at: bodies are JSON, which has none."""

MOST_EVENTS = 500
MOST_COMMIT_BYTES = 12 * 2**20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(NamedTuple):
    """An immutable fact. `type` is its stored name, past tense; `data` is a JSON object."""

    type: str
    data: JsonObject


class Commit(NamedTuple):
    """What the log holds at one position. `version` is that of the first event, 0 where there is none.

    more: how many of the commits after it in its partition were appended together with it, and stand or
          fall with it.
    """

    position: Position
    stream: StreamName
    version: Version
    at: datetime
    actor: str
    events: list[Event]
    request: bytes | None = None
    digest: bytes | None = None
    trace: str | None = None
    cause: Position | None = None
    more: int = 0

    @property
    def last_version(self) -> Version:
        """The stream's version after this commit."""
        return Version(self.version + len(self.events) - 1)


class NewCommit(NamedTuple):
    """What a command wants stored: see Commit. `taken` and `released` are claims on unique values."""

    stream: StreamName
    expected: Version
    events: list[Event]
    actor: str
    request: bytes | None = None
    digest: bytes | None = None
    trace: str | None = None
    cause: Position | None = None
    taken: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


def to_stored(new: NewCommit, at: datetime, nonce: bytes, more: int = 0) -> JsonObject:
    """The MongoDB document of a commit, without its `_id`: that is known only when it is sent."""
    stored: JsonObject = {"stream": new.stream}
    if new.events:
        stored["version"] = new.expected + 1
    stored |= {"at": at, "nonce": nonce, "actor": new.actor}
    for name in ("request", "digest", "trace", "cause"):
        value = getattr(new, name)
        if value is not None:
            stored[name] = value
    if more:
        stored["more"] = more
    stored["events"] = [{"type": event.type, "data": event.data} for event in new.events]
    return stored


def encoded(new: NewCommit, at: datetime, nonce: bytes, more: int = 0) -> bytes:
    """The BSON of `to_stored`. Raises InvalidValue where no commit can be like that."""
    if len(new.events) > MOST_EVENTS or not (new.events or new.request):
        raise InvalidValue("", f"makes {len(new.events)} events; a commit holds 1 to {MOST_EVENTS}")
    try:
        stored = bson.encode(to_stored(new, at, nonce, more))
    except (bson.errors.BSONError, OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise InvalidValue("", f"can not be stored: {error}") from None
    if len(stored) > MOST_COMMIT_BYTES:
        raise InvalidValue("", f"makes {len(stored):,} bytes of BSON; a commit holds {MOST_COMMIT_BYTES:,}")
    return stored


def committed(new: NewCommit, place: Position, at: datetime, more: int = 0) -> Commit:
    """The commit that `new` became at `place`."""
    version = Version(new.expected + 1 if new.events else 0)
    return Commit(
        place,
        new.stream,
        version,
        at,
        new.actor,
        new.events,
        new.request,
        new.digest,
        new.trace,
        new.cause,
        more,
    )


def from_stored(stored: JsonObject) -> Commit:
    """The commit that a MongoDB document, decoded as `PLAIN`, holds."""
    events = [Event(event["type"], event["data"]) for event in stored["events"]]
    for type_, data in events:
        if type_ == RESTORED:
            _date(data)
    return Commit(
        stored["_id"],
        stored["stream"],
        stored.get("version", 0),
        utc(stored["at"]),
        stored["actor"],
        events,
        stored.get("request"),
        stored.get("digest"),
        stored.get("trace"),
        stored.get("cause"),
        stored.get("more", 0),
    )


def _date(data: Any) -> None:
    """Give the date of a restored document its time zone, if there is one: what it is not, the fold refuses."""
    match data:
        case {"created": {"at": datetime() as at}}:
            data["created"]["at"] = utc(at)


def now() -> datetime:
    """The time a commit is stamped with: UTC, whole milliseconds, as MongoDB keeps it."""
    return _at(time.time_ns() // 1_000_000)


@lru_cache(maxsize=16)
def _at(milliseconds: int) -> datetime:
    """Commits come in groups: many share their millisecond."""
    return _EPOCH + timedelta(milliseconds=milliseconds)

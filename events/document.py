"""Documents as the log tells of them: the event types, their fold, and a document's final bytes.

    created   data: the whole body
    replaced  data: the whole body
    patched   data: {"set": {name: value, …}, "unset": [name, …]}, of the body's first level
    deleted   data: {}
    restored  data: {"body": the whole body, "created": {"at": date, "position": n}}

Every event but `patched` says all by itself, and none needs the code that decided it to be understood.
The write side answers with, and projections keep, the bytes that `response_body` makes: one fold, one form.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from events.commit import RESTORED, Commit, Event, JsonObject
from events.position import Position, Version

CREATED, REPLACED, PATCHED, DELETED = "created", "replaced", "patched", "deleted"


LEFT_OUT = "left out"
"""Stands for an event that somebody had left out; the log itself holds none of these. See events/skips.py."""

_RESPONSE = (
    b'{"id":%b,%b"_meta":{"version":%d,"position":%d,"created_at":"%b","updated_at":"%b","updated_by":%b}}'
)


class Birth(NamedTuple):
    """When and where a document was created; documents are listed by it, newest first."""

    at: datetime
    position: Position


class Absent(NamedTuple):
    """No document, and none that could be restored. The stream may exist all the same."""

    version: Version = Version(0)
    position: Position = Position(0)


class Present(NamedTuple):
    """A document. `version` and `position` are those of its last event and commit."""

    body: JsonObject
    version: Version
    position: Position
    birth: Birth
    updated_at: datetime
    updated_by: str


class Deleted(NamedTuple):
    """A document that was deleted; `body` is what a restore brings back."""

    body: JsonObject
    version: Version
    position: Position
    birth: Birth


Document = Absent | Present | Deleted
ABSENT = Absent()


class UnknownEvent(Exception):
    """An event whose type this version of foldbase does not know, or which does not fit what came before."""


def evolve(state: Document, event: Event, version: Version, commit: Commit) -> Document:
    """The document after one event, the `version`-th of its stream. Raises UnknownEvent."""
    match event.type, state:
        case "created", _:
            birth = Birth(commit.at, commit.position)
            return Present(event.data, version, commit.position, birth, commit.at, commit.actor)
        case "replaced", Present(birth=birth):
            return Present(event.data, version, commit.position, birth, commit.at, commit.actor)
        case "patched", Present(body=body, birth=birth):
            patched = apply_patch(body, event.data)
            return Present(patched, version, commit.position, birth, commit.at, commit.actor)
        case "deleted", Present(body=body, birth=birth):
            return Deleted(body, version, commit.position, birth)
        case "restored", _:
            data = event.data
            birth = Birth(data["created"]["at"], data["created"]["position"])
            return Present(data["body"], version, commit.position, birth, commit.at, commit.actor)
        case "left out", _:
            return state._replace(version=version, position=commit.position)
    raise UnknownEvent(f"{event.type!r} at version {version} of {commit.stream} does not fit the document")


def begins(commit: Commit, floor: Position) -> bool:
    """Whether a document begins here: what others change was dropped before its last writer knew of it."""
    event = commit.events[0]
    if event.type == RESTORED:
        return bool(event.data["created"]["position"] > floor)
    return event.type == CREATED


def apply(state: Document, commit: Commit) -> Document:
    """The document after a commit. Raises UnknownEvent."""
    for version, event in enumerate(commit.events, commit.version):
        state = evolve(state, event, Version(version), commit)
    return state


def apply_patch(body: JsonObject, change: JsonObject) -> JsonObject:
    """The body after a `patched` event's data; `body` itself stays as it is."""
    patched = {**body, **change["set"]}
    for name in change["unset"]:
        patched.pop(name, None)
    return patched


def patch_between(before: JsonObject, after: JsonObject) -> JsonObject | None:
    """The data of the `patched` event that leads from one body to another; None where they are the same."""
    changed = {
        name: value for name, value in after.items() if name not in before or not same(before[name], value)
    }
    unset = [name for name in before if name not in after]
    return {"set": changed, "unset": unset} if changed or unset else None


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the very same, kind of number and order of names included."""
    return orjson.dumps(one) == orjson.dumps(other)


def meta(document: Present) -> JsonObject:
    """The `_meta` of a document, as `response_body` writes it."""
    return {
        "version": document.version,
        "position": document.position,
        "created_at": _iso(document.birth.at).decode(),
        "updated_at": _iso(document.updated_at).decode(),
        "updated_by": document.updated_by,
    }


def response_body(id: str, document: Present) -> bytes:
    """The final bytes of a document: its own JSON plus `id` and `_meta`. Reads copy them, and never parse.

    Raises: orjson.JSONEncodeError for a body that is no JSON, dates in it included.
    """
    body = orjson.dumps(document.body, option=orjson.OPT_PASSTHROUGH_DATETIME)
    created = _iso(document.birth.at)
    return _RESPONSE % (
        orjson.dumps(id),
        body[1:-1] + b"," if len(body) > 2 else b"",
        document.version,
        document.position,
        created,
        created if document.updated_at is document.birth.at else _iso(document.updated_at),
        _quoted(document.updated_by),
    )


@lru_cache(maxsize=64)
def _iso(at: datetime) -> bytes:
    """Commits of one batch share their time, to the millisecond."""
    return at.isoformat(timespec="milliseconds")[:23].encode() + b"Z"


@lru_cache(maxsize=1024)
def _quoted(text: str) -> bytes:
    return orjson.dumps(text)

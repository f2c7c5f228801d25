"""Documents: what may happen to one document, and what happened."""

from dataclasses import dataclass
from typing import Any

import orjson

from commands.decider import Decider
from commands.equality import equal
from commands.errors import BodyInvalid, DocumentExists, DocumentMissing
from commands.json_patch import Operation
from commands.merge_patch import merge
from commands.patching import apply_operations
from events.codec import utc
from events.commit import RESTORED, Event, JsonObject
from events.document import (
    ABSENT,
    CREATED,
    DELETED,
    PATCHED,
    REPLACED,
    Absent,
    Birth,
    Deleted,
    Document,
    Present,
    apply,
    meta,
    patch_between,
    same,
)
from events.values import check_document


@dataclass(frozen=True, slots=True)
class Create:
    """Make a document that must not be there yet."""

    body: JsonObject


@dataclass(frozen=True, slots=True)
class Put:
    """Make the document like this, whether it is there or not. `seen`: the `_meta` the body came with."""

    body: JsonObject
    seen: Any = None


@dataclass(frozen=True, slots=True)
class MergePatch:
    """Change it as RFC 7396 says. `seen`: the `_meta` the patch came with."""

    patch: JsonObject
    seen: Any = None


@dataclass(frozen=True, slots=True)
class JsonPatch:
    """Change it as RFC 6902 says: all operations or none."""

    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Take it away; its history stays."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring a deleted document back as it was."""


Command = Create | Put | MergePatch | JsonPatch | Delete | Restore


def decide(command: Command, state: Document) -> list[Event]:
    """The events a command makes. Raises a Refused; InvalidValue for what no document may hold."""
    match command, state:
        case Create(body), Absent() | Deleted():
            return _created(body)
        case Create(), Present():
            raise DocumentExists
        case Put(body, seen), Absent() | Deleted():
            _check_meta(seen, state)
            return _created(body)
        case Put(body, seen), Present():
            _check_meta(seen, state)
            return _replaced(state.body, body)
        case MergePatch(patch, seen), Present():
            _check_meta(seen, state)
            return _patched(state.body, merge(state.body, patch))
        case JsonPatch(operations), Present():
            return _patched(state.body, apply_operations(state.body, operations))
        case Delete(), Present():
            return [Event(DELETED, {})]
        case Restore(), Deleted(birth=Birth(position=0)):
            raise BodyInvalid(
                "", "was made and deleted by commands of this batch; it can not be restored in it"
            )
        case Restore(), Deleted(body, _, _, birth):
            created = {"at": birth.at, "position": birth.position}
            return [Event(RESTORED, {"body": body, "created": created})]
        case Restore(), Present():
            raise DocumentExists
    raise DocumentMissing


def _created(body: JsonObject) -> list[Event]:
    check_document(body)
    return [Event(CREATED, body)]


def _replaced(before: JsonObject, after: JsonObject) -> list[Event]:
    check_document(after)
    return [] if same(before, after) else [Event(REPLACED, after)]


def _patched(before: JsonObject, after: JsonObject) -> list[Event]:
    check_document(after)
    change = patch_between(before, after)
    return [] if change is None else [Event(PATCHED, change)]


def _check_meta(seen: Any, state: Document) -> None:
    """A document that was read can be sent back; any other `_meta` is a misunderstanding."""
    if seen is None:
        return
    if not isinstance(state, Present) or not equal(seen, meta(state)):
        raise BodyInvalid("/_meta", "is kept by the server; leave it out, or send it as it was read")


def freeze(state: Document) -> JsonObject:
    """A document as a snapshot keeps it."""
    match state:
        case Present(body, version, position, birth, updated_at, updated_by):
            kept = {"body": body, "updated_at": updated_at, "updated_by": updated_by}
            return kept | _frozen(version, position, birth)
        case Deleted(body, version, position, birth):
            return {"body": body, "deleted": True} | _frozen(version, position, birth)
        case Absent(version, position):
            return {"version": version, "position": position}


def thaw(kept: JsonObject) -> Document:
    """The document that a snapshot keeps."""
    version, position = kept["version"], kept["position"]
    if "body" not in kept:
        return Absent(version, position)
    birth = Birth(utc(kept["created_at"]), kept["created"])
    if kept.get("deleted"):
        return Deleted(kept["body"], version, position, birth)
    return Present(kept["body"], version, position, birth, utc(kept["updated_at"]), kept["updated_by"])


def _frozen(version: int, position: int, birth: Birth) -> JsonObject:
    return {
        "version": version,
        "position": position,
        "created_at": birth.at,
        "created": birth.position,
    }


def weigh(state: Document) -> int:
    """The size of a document's body, and of what is kept with it."""
    return 200 if isinstance(state, Absent) else 200 + len(orjson.dumps(state.body))


document: Decider[Command, Document] = Decider(
    initial=ABSENT, decide=decide, evolve=apply, freeze=freeze, thaw=thaw, form=1, weigh=weigh
)

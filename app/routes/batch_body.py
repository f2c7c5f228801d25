"""The body of a batch: its commands, checked as far as that needs nothing but the body."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.errors import BatchInvalid, HeaderInvalid, TooManyCommands
from app.http.json import JsonValue
from app.routes.preconditions import conditioned
from app.routes.reading import document_body
from catalog.pointers import escaped
from commands.batch import MOST_COMMANDS, Entry, Ids, references, referred, resolved
from commands.condition import ANY, Condition
from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, Restore
from commands.errors import BodyInvalid
from commands.ids import checked_id
from commands.json_patch import read_operations

_BODY, _ID, _MATCH = "body", "id", "if_match"
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "create": (_BODY,),
        "put": (_ID, _BODY),
        "merge_patch": (_ID, _BODY),
        "json_patch": (_ID, _BODY),
        "delete": (_ID,),
        "restore": (_ID,),
    }
)
_POSSIBLE: Mapping[str, tuple[str, ...]] = MappingProxyType({"create": (_ID,)})


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as it was asked for."""

    name: str
    entry: Entry
    body: JsonValue
    condition: Condition

    @property
    def replaces_nothing(self) -> bool:
        """Whether it can only be where there is no document, and so needs no precondition."""
        return self.name in ("create", "restore")

    @property
    def makes_documents(self) -> bool:
        """Whether its collection may be made by it."""
        return self.name in ("create", "put")

    def id(self, ids: Ids) -> str | None:
        """The id of its document; None where the server is to choose it. Raises BodyInvalid."""
        id = self.entry.id
        if isinstance(id, int):
            return ids[id]
        return None if id is None else checked_id(id)

    def command(self, id: str | None, ids: Ids) -> tuple[Command, str | None]:
        """The command, and the id of its document as its body may name it. Raises BodyInvalid, PatchInvalid."""
        body = resolved(self.body, ids) if self.entry.needs else self.body
        if self.name == "delete":
            return Delete(), id
        if self.name == "restore":
            return Restore(), id
        if self.name == "json_patch":
            return JsonPatch(read_operations(body)), id
        own, id, meta = document_body(body, id)
        if self.name == "merge_patch":
            return MergePatch(own, meta), id
        if self.name == "put":
            return Put(own, meta), id
        if meta is not None:
            raise BodyInvalid("/_meta", "is kept by the server; leave it out")
        return Create(own), id


def read_batch(value: JsonValue) -> tuple[bool, list[Asked]]:
    """Whether the batch is atomic, and its commands. Raises BatchInvalid, TooManyCommands."""
    if not isinstance(value, dict):
        raise BatchInvalid("", "must be a JSON object")
    body = value
    _check_names(body, ("commands",), ("atomic",), "")
    atomic, commands = body.get("atomic", False), body["commands"]
    if type(atomic) is not bool:
        raise BatchInvalid("/atomic", "is true or false")
    if not isinstance(commands, list):
        raise BatchInvalid("/commands", "is a list of commands")
    if len(commands) > MOST_COMMANDS:
        raise TooManyCommands(len(commands), MOST_COMMANDS)
    return atomic, [_asked(command, place) for place, command in enumerate(commands)]


def _asked(command: JsonValue, place: int) -> Asked:
    at = f"/commands/{place}"
    if not isinstance(command, dict):
        raise BatchInvalid(at, "must be a JSON object")
    name = command.get("command")
    if not isinstance(name, str) or name not in _NEEDED:
        raise BatchInvalid(f"{at}/command", f"is one of {', '.join(_NEEDED)}")
    needed = ("command", "collection", *_NEEDED[name])
    _check_names(command, needed, _POSSIBLE.get(name, (_MATCH,)), at)
    if not isinstance(command["collection"], str):
        raise BatchInvalid(f"{at}/collection", "is the name of a collection")
    body, id, match = command.get(_BODY), command.get(_ID), command.get(_MATCH)
    if match is not None and not isinstance(match, str):
        raise BatchInvalid(f"{at}/{_MATCH}", 'is a string, as If-Match has it: "\\"3\\"", or "*"')
    try:
        needs = references([body, id], place)
    except BodyInvalid as error:
        raise BatchInvalid(at, error.reason) from error
    entry = Entry(command["collection"], _id(id, at), needs)
    return Asked(name, entry, body, ANY if match is None else _condition(match, at))


def _condition(match: str, at: str) -> Condition:
    try:
        return conditioned(match, None)
    except HeaderInvalid as error:
        raise BatchInvalid(f"{at}/{_MATCH}", error.reason) from error


def _id(value: JsonValue, at: str) -> str | int | None:
    place = referred(value)
    if place is None and not isinstance(value, str | None):
        raise BatchInvalid(f"{at}/{_ID}", 'is a string, or {"$id_of": n}')
    return value if isinstance(value, str | None) else place


def _check_names(value: Mapping[str, Any], needed: tuple[str, ...], possible: tuple[str, ...], at: str) -> None:
    for name in needed:
        if name not in value:
            raise BatchInvalid(f"{at}/{name}", "is missing")
    for name in value:
        if name not in needed and name not in possible:
            known = ", ".join((*needed, *possible))
            raise BatchInvalid(f"{at}/{escaped(name[:100])}", f"is not known here; there are: {known}")

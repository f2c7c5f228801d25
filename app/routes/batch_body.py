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

MOST_FAULTS = 100
"""How many are told at once."""

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
    faults = _Faults()
    batch = _batch(value, faults)
    if faults:
        raise BatchInvalid(faults)
    return batch


class _Faults(list[tuple[str, str]]):
    """What is wrong with a batch: JSON pointers and messages, as many as are told at once."""

    def tell(self, pointer: str, message: str) -> None:
        if len(self) < MOST_FAULTS:
            self.append((pointer, message))


def _batch(value: JsonValue, faults: _Faults) -> tuple[bool, list[Asked]]:
    if not isinstance(value, dict):
        faults.tell("", "must be a JSON object")
        return False, []
    _check_names(value, ("commands",), ("atomic",), "", faults)
    atomic, commands = value.get("atomic", False), value.get("commands", [])
    if type(atomic) is not bool:
        faults.tell("/atomic", "is true or false")
    if not isinstance(commands, list):
        faults.tell("/commands", "is a list of commands")
        return False, []
    if len(commands) > MOST_COMMANDS:
        raise TooManyCommands(len(commands), MOST_COMMANDS)
    read = [_asked(command, place, faults) for place, command in enumerate(commands)]
    return atomic is True, [command for command in read if command is not None]


def _asked(command: JsonValue, place: int, faults: _Faults) -> Asked | None:
    """None where there is a fault, in it or before it."""
    at = f"/commands/{place}"
    if not isinstance(command, dict):
        faults.tell(at, "must be a JSON object")
        return None
    name = command.get("command")
    if not isinstance(name, str) or name not in _NEEDED:
        faults.tell(f"{at}/command", f"is one of {', '.join(_NEEDED)}")
        return None
    needed = ("command", "collection", *_NEEDED[name])
    _check_names(command, needed, _POSSIBLE.get(name, (_MATCH,)), at, faults)
    collection, body = command.get("collection", ""), command.get(_BODY)
    if not isinstance(collection, str):
        faults.tell(f"{at}/collection", "is the name of a collection")
    id = _id(command.get(_ID), at, faults)
    condition = _condition(command.get(_MATCH), at, faults)
    needs = _needs([body, command.get(_ID)], place, at, faults)
    if faults or not isinstance(collection, str):
        return None
    return Asked(name, Entry(collection, id, needs), body, condition)


def _needs(values: list[JsonValue], place: int, at: str, faults: _Faults) -> frozenset[int]:
    try:
        return references(values, place)
    except BodyInvalid as error:
        faults.tell(at, error.reason)
        return frozenset()


def _condition(match: JsonValue, at: str, faults: _Faults) -> Condition:
    if match is None:
        return ANY
    if not isinstance(match, str):
        faults.tell(f"{at}/{_MATCH}", 'is a string, as If-Match has it: "\\"3\\"", or "*"')
        return ANY
    try:
        return conditioned(match, None)
    except HeaderInvalid as error:
        faults.tell(f"{at}/{_MATCH}", error.reason)
        return ANY


def _id(value: JsonValue, at: str, faults: _Faults) -> str | int | None:
    if value is None or isinstance(value, str):
        return value
    place = referred(value)
    if place is None:
        faults.tell(f"{at}/{_ID}", 'is a string, or {"$id_of": n}')
    return place


def _check_names(
    value: Mapping[str, Any], needed: tuple[str, ...], possible: tuple[str, ...], at: str, faults: _Faults
) -> None:
    for name in needed:
        if name not in value:
            faults.tell(f"{at}/{name}", "is missing")
    for name in value:
        if name not in needed and name not in possible:
            known = ", ".join((*needed, *possible))
            faults.tell(f"{at}/{escaped(name[:100])}", f"is not known here; there are: {known}")

"""Merge patches (RFC 7396) of a collection's documents: every member may be left out, and null removes one."""

from collections.abc import Iterator, Set
from typing import Any

from app.openapi.declared.parts import JsonObject, Parts
from catalog.pointers import escaped


class Patches:
    """The components that patches of the documents of `parts` consist of."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def of_whole(self) -> JsonObject:
        """What a patch of a document is like. What it says of members that are not declared is left open."""
        schema, place = self._parts.followed(self._parts.source, "")
        return self._of_object(schema, place)

    def _of_object(self, schema: Any, place: str) -> JsonObject:
        required = set(schema.get("required", ())) if isinstance(schema, dict) else set()
        described: JsonObject = {"type": "object"}
        members: JsonObject = {}
        for name, each, where in self._members(schema, place):
            member = self._of_member(each, where)
            members.setdefault(name, member if name in required or not member else _or_null(member))
        if members:
            described["properties"] = members
        return described if members and not _has_choices(schema) else described | {"additionalProperties": True}

    def _of_member(self, schema: Any, place: str) -> JsonObject:
        target, where = self._parts.followed(schema, place)
        if not isinstance(target, dict) or "properties" not in target:
            return self._parts.at(schema, place)
        return self._parts.component("patch", where, lambda: self._of_object(target, where))

    def _members(
        self, schema: Any, place: str, passed: Set[str] = frozenset()
    ) -> Iterator[tuple[str, Any, str]]:
        """The members that are told of in every document: name, schema, pointer."""
        schema, place = self._parts.followed(schema, place)
        if not isinstance(schema, dict) or place in passed:
            return
        passed = {*passed, place}
        for name, each in schema.get("properties", {}).items():
            yield name, each, f"{place}/properties/{escaped(name)}"
        for number, each in enumerate(schema.get("allOf", ())):
            yield from self._members(each, f"{place}/allOf/{number}", passed)


def _or_null(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}


def _has_choices(schema: Any) -> bool:
    """Whether there may be members that are told of in some documents alone."""
    return isinstance(schema, dict) and not schema.keys().isdisjoint(("anyOf", "oneOf", "then", "else"))

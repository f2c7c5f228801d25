"""A collection's schema with `id` and `_meta` besides: documents have them, and the schema is not told of them.

What comes of it demands the same of everything else where that can be said, and less where it can not.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from typing import Any

from app.openapi.declared.parts import JsonObject, Parts

_OF_ALL_MEMBERS = {
    *("patternProperties", "propertyNames", "minProperties", "maxProperties"),
    *("const", "enum", "$dynamicRef"),
}
"""Keywords that may say something of members besides which can not be taken out of them."""

_CLOSING = {"additionalProperties", "unevaluatedProperties"}
_CHOICES = ("anyOf", "oneOf")
_CONDITION = {"if", "then", "else"}
_HOLDING = {"allOf", *_CHOICES, "not", *_CONDITION, "dependentSchemas"}


_MOST = 500
"""Schemas of the same value, counting one again for every way that leads to it, that are told of."""


class Unsayable(Exception):
    """With members besides, this can not be said."""


class Widening:
    """Widens the schema of `parts` by `members`, of which `required` are always there."""

    def __init__(self, parts: Parts, members: JsonObject, required: Sequence[str]) -> None:
        self._parts = parts
        self._members = members
        self._required = list(required)
        self._said = 0
        self._within: list[str] = []

    def widened(self) -> JsonObject:
        """What the whole is like."""
        schema, place = self._parts.followed(self._parts.source, "")
        whole = _all_of(schema) if isinstance(schema, dict) else {}
        whole = _without(whole, _OF_ALL_MEMBERS | {"examples"})
        said = dict(self._sayable(whole, place))
        left_out = {keyword for keyword in _branches(whole) if keyword not in said}
        if left_out:
            left_out |= {"unevaluatedProperties", *(_CONDITION if left_out & _CONDITION else ())}
        plain = self._with_members(_without(whole, _branches(whole)), place)
        return {"type": "object"} | _without(plain | said, left_out) | {"type": "object"}

    def _sayable(self, whole: JsonObject, place: str) -> Iterator[tuple[str, Any]]:
        """The keywords that hold schemas of the same value, but for those that can not be said."""
        for keyword in _branches(whole):
            with suppress(Unsayable, RecursionError):
                yield keyword, self._branch(whole, place, keyword)

    def _with_members(self, schema: JsonObject, place: str) -> JsonObject:
        result = self._applied(schema, place)
        own = result.get("properties", {})
        result["properties"] = {"id": self._id(own.get("id")), **_without(own, self._members)}
        result["properties"] |= {name: each for name, each in self._members.items() if name != "id"}
        needed = [name for name in result.get("required", ()) if name not in self._members]
        if needed or self._required:
            return result | {"required": [*needed, *self._required]}
        return _without(result, ("required",))

    def _applied(self, schema: JsonObject, place: str) -> JsonObject:
        """`schema` with every schema of the same value in it admitting the members."""
        applied = _branches(schema)
        result = self._parts.inline(_without(schema, applied), place)
        return result | {keyword: self._branch(schema, place, keyword) for keyword in applied}

    def _branch(self, schema: JsonObject, place: str, keyword: str) -> Any:
        value, here = schema[keyword], f"{place}/{keyword}"
        is_choice = keyword in _CHOICES
        if isinstance(value, list):
            return [self._admitting(each, f"{here}/{number}", is_choice) for number, each in enumerate(value)]
        if keyword == "dependentSchemas":
            return {name: self._admitting(each, f"{here}/{name}", False) for name, each in value.items()}
        return self._admitting(value, here, False)

    def _admitting(self, schema: Any, place: str, is_choice: bool) -> JsonObject:
        """A schema of the same value, which admits the members besides. Raises Unsayable."""
        self._said += 1
        schema, place = self._parts.followed(schema, place)
        if not isinstance(schema, dict):
            return self._parts.inline(schema, place)
        if schema.keys() & _OF_ALL_MEMBERS or place in self._within or self._said > _MOST:
            raise Unsayable
        schema = _all_of(schema)
        self._within.append(place)
        try:
            is_closed = is_choice or schema.keys() & _CLOSING
            return self._with_members(schema, place) if is_closed else self._applied(schema, place)
        finally:
            self._within.pop()

    def _id(self, told: Any) -> JsonObject:
        """The type of the id, with what the schema tells of it."""
        id: JsonObject = self._members["id"]
        return {**id, **told} if isinstance(told, dict) and "$ref" not in told else id


def _all_of(schema: JsonObject) -> JsonObject:
    """`schema` with a reference that stands beside other keywords among `allOf`, where it means the same."""
    if "$ref" not in schema:
        return schema
    branches = [*schema.get("allOf", ()), {"$ref": schema["$ref"]}]
    return _without(schema, ("$ref",)) | {"allOf": branches}


def _branches(schema: JsonObject) -> list[str]:
    """The keywords of `schema` that hold schemas of the same value."""
    return [keyword for keyword in schema if keyword in _HOLDING]


def _without(schema: JsonObject, names: Container[str]) -> JsonObject:
    return {name: value for name, value in schema.items() if name not in names}

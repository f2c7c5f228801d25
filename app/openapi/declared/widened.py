"""A collection's schema with `id` and `_meta` besides: documents have them, and the schema is not told of them.

What comes of it demands the same of everything else where that can be said, and less where it can not.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Any

from app.openapi.declared.parts import JsonObject, Parts

_OF_ALL_MEMBERS = {
    *("patternProperties", "propertyNames", "minProperties", "maxProperties"),
    *("const", "enum", "$dynamicRef"),
}
"""Keywords that may say something of members besides which can not be taken out of them."""

_CLOSING = {"additionalProperties", "unevaluatedProperties"}
_CHOICES = ("anyOf", "oneOf")
_LISTED = ("allOf", *_CHOICES)
_CONDITION = {"if", "then", "else"}
_SINGLE = ("not", *_CONDITION)


class Unsayable(Exception):
    """With members besides, this can not be said."""


class Widening:
    """Widens the schema of `parts` by `members`, of which `required` are always there."""

    def __init__(self, parts: Parts, members: JsonObject, required: Sequence[str]) -> None:
        self._parts = parts
        self._members = members
        self._required = list(required)

    def widened(self) -> JsonObject:
        """What the whole is like."""
        schema, place = self._parts.followed(self._parts.source, "")
        whole = _all_of(schema) if isinstance(schema, dict) else {}
        whole = _without(whole, _OF_ALL_MEMBERS | {"examples"})
        unsayable = {keyword for keyword, _ in _branches(whole) if not self._can_say(whole, place, keyword)}
        if unsayable:
            unsayable |= {"unevaluatedProperties", *(_CONDITION if unsayable & _CONDITION else ())}
        said = {keyword: value for keyword, value in whole.items() if keyword not in unsayable}
        return {"type": "object"} | self._with_members(said, place) | {"type": "object"}

    def _can_say(self, whole: JsonObject, place: str, keyword: str) -> bool:
        try:
            self._branch({keyword: whole[keyword]}, place, keyword)
        except Unsayable:
            return False
        return True

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
        applied = [keyword for keyword, _ in _branches(schema)]
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
        schema, place = self._parts.followed(schema, place)
        if not isinstance(schema, dict):
            return self._parts.inline(schema, place)
        if schema.keys() & _OF_ALL_MEMBERS:
            raise Unsayable
        schema = _all_of(schema)
        if is_choice or schema.keys() & _CLOSING:
            return self._with_members(schema, place)
        return self._applied(schema, place)

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


def _branches(schema: JsonObject) -> Iterator[tuple[str, Any]]:
    """The keywords of `schema` that hold schemas of the same value."""
    for keyword, value in schema.items():
        if keyword in (*_LISTED, *_SINGLE, "dependentSchemas"):
            yield keyword, value


def _without(schema: JsonObject, names: Container[str]) -> JsonObject:
    return {name: value for name, value in schema.items() if name not in names}

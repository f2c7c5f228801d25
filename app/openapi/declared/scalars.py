"""What the fields of a collection's documents hold, as far as its schema says, for filters and rows."""

from typing import Any

from app.openapi.declared.parts import JsonObject, Parts
from catalog.pointers import escaped
from queries.texts import TEXTS_OF_THE_SERVER

ANY: JsonObject = {"type": ["string", "number", "boolean", "null"]}
TEXT: JsonObject = {"type": "string"}
_TYPES = ("string", "number", "integer", "boolean")


class Scalars:
    """Looks paths up in the schema of `parts`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def type_at(self, path: str) -> JsonObject:
        """The one type that scalars have there, `ANY` where it is not one."""
        described = self._at(path, within_arrays=True)
        return {"type": described["type"]} if "type" in described else ANY

    def group_at(self, path: str) -> JsonObject:
        """What a group is called that is made by the field: the scalar there, else null."""
        described = self._at(path, within_arrays=False)
        if "enum" in described:
            return {"enum": [*described["enum"], None]}
        return {"type": [described["type"], "null"]} if "type" in described else ANY

    def _at(self, path: str, *, within_arrays: bool) -> JsonObject:
        """`type` and `enum` of the scalars there; nothing where they are not of one type."""
        if path in TEXTS_OF_THE_SERVER:
            return TEXT
        schema, place = self._parts.followed(self._parts.source, "")
        for name in path.split("."):
            schema, place = self._member(schema, place, name)
        if within_arrays and isinstance(schema, dict) and schema.get("type") == "array":
            schema, place = self._parts.followed(schema.get("items"), f"{place}/items")
        return _scalar(schema)

    def _member(self, schema: Any, place: str, name: str) -> tuple[Any, str]:
        described = schema.get("properties", {}).get(name) if isinstance(schema, dict) else None
        return self._parts.followed(described, f"{place}/properties/{escaped(name)}")


def _scalar(schema: Any) -> JsonObject:
    if not isinstance(schema, dict):
        return {}
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if choices and all(isinstance(choice, str) for choice in choices):
        return {"type": "string", "enum": choices}
    types = schema.get("type")
    if isinstance(types, list):
        types = [each for each in types if each != "null"]
        types = types[0] if len(types) == 1 else None
    return {"type": types} if types in _TYPES else {}

"""Columns of a declared JSON Schema: one for each property, those of objects by their paths.

A property whose type the schema leaves open is a column of JSON text. `$ref`, `allOf` and alternatives are
understood as far as they leave no doubt; what they leave open is JSON text, too.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from app.exporting.columns import ID, META, MOST_COLUMNS, Column, Columns, column
from app.exporting.kinds import Kind
from catalog.pointers import resolved

_OF_TYPE = {"boolean": Kind.BOOLEAN, "integer": Kind.INTEGER, "number": Kind.NUMBER, "string": Kind.TEXT}
_OF_VALUE = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, str: Kind.TEXT}
_OF_FORMAT = {"date-time": Kind.TIME, "date": Kind.DATE}
_NUMBERS = {Kind.INTEGER, Kind.NUMBER}

Schema = Mapping[str, Any]


def declared_columns(source: Any) -> Columns | None:
    """The columns that the schema `source` speaks of, REST the last; None where it names no property."""
    found = list(islice(_Reader(source).columns((), source), MOST_COLUMNS))
    return Columns([ID, *found, *META], rest=True) if found else None


class _Reader:
    """Reads one schema; `root` is what its references point into. Each part of it is understood once."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._kinds: dict[int, Kind] = {}

    def columns(
        self, path: tuple[str, ...], schema: Any, above: frozenset[int] = frozenset()
    ) -> Iterator[Column]:
        """The columns at or below a place; JSON text where a schema `above` it comes again."""
        parts = self._parts(schema)
        here = above | {id(part) for part in parts if "properties" in part}
        properties = self._properties(parts)
        if path and (not properties or above & {id(part) for part in parts}):
            yield column(path, self._kind(schema))
            return
        for name, inner in properties.items():
            if path or name not in ("id", "_meta"):
                yield from self.columns((*path, name), inner, here)

    def _properties(self, parts: list[Schema]) -> dict[str, Any]:
        """The properties that an object there has; none where it may be something else than an object."""
        merged: dict[str, Any] = {}
        for part in parts:
            if set(_types(part)) - {"object", "null"}:
                return {}
            merged |= part.get("properties", {})
        return merged

    def _parts(self, schema: Any) -> list[Schema]:
        """The schemas that must all hold where `schema` must."""
        parts: dict[int, Schema] = {}
        ahead = [schema]
        while ahead:
            part = ahead.pop()
            if isinstance(part, Mapping) and id(part) not in parts:
                parts[id(part)] = part
                alternatives = _alternatives(part)
                ahead += [*part.get("allOf", ()), *(alternatives if len(alternatives) == 1 else ())]
                ahead.append(self._referred(part))
        return list(parts.values())

    def _referred(self, schema: Schema) -> Any:
        try:
            return resolved(self._root, schema["$ref"])
        except LookupError:
            return None

    def _kind(self, schema: Any) -> Kind:
        """The kind that every part which says something about it agrees on."""
        if id(schema) not in self._kinds:
            self._kinds[id(schema)] = Kind.JSON
            said = [kinds for part in self._parts(schema) if (kinds := self._said(part))]
            kinds = set.intersection(*said) if said else set()
            if kinds == _NUMBERS:
                kinds = {Kind.NUMBER}
            self._kinds[id(schema)] = kinds.pop() if len(kinds) == 1 else Kind.JSON
        return self._kinds[id(schema)]

    def _said(self, part: Schema) -> set[Kind]:
        """The kinds that one schema by itself allows; none where it does not say."""
        if "const" in part or "enum" in part:
            values = [part["const"]] if "const" in part else part["enum"]
            return {_OF_VALUE.get(type(value), Kind.JSON) for value in values if value is not None}
        if types := _types(part):
            kinds = {_OF_TYPE.get(name, Kind.JSON) for name in types if name != "null"}
            return {_OF_FORMAT.get(part.get("format", ""), Kind.TEXT)} if kinds == {Kind.TEXT} else kinds
        alternatives = _alternatives(part)
        return {self._kind(each) for each in alternatives} if len(alternatives) > 1 else set()


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _alternatives(schema: Schema) -> list[Any]:
    """Those that allow more than null."""
    found = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return [each for each in found if not (isinstance(each, Mapping) and _types(each) == ["null"])]

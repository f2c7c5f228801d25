"""Where a JSON Schema (2020-12) holds schemas, and which of them look at the same value."""

from collections.abc import Callable, Iterator
from typing import Any

from catalog.pointers import escaped

Place = tuple[str, Any]

_SINGLE_IN_PLACE = ("not", "if", "then", "else")
_LISTED_IN_PLACE = ("allOf", "anyOf", "oneOf")
_NAMED_IN_PLACE = ("dependentSchemas",)
_SINGLE = (
    *_SINGLE_IN_PLACE,
    "additionalProperties",
    "contains",
    "contentSchema",
    "items",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_LISTED = (*_LISTED_IN_PLACE, "prefixItems")
_NAMED = (*_NAMED_IN_PLACE, "$defs", "definitions", "patternProperties", "properties")


def all_within(schema: Any, place: str = "") -> Iterator[Place]:
    """Every schema that is an object, `schema` first, each with its pointer."""
    if isinstance(schema, dict):
        yield place, schema
        for below, subschema in _children(schema, place, _SINGLE, _LISTED, _NAMED):
            yield from all_within(subschema, below)


def in_place(schema: dict[str, Any]) -> Iterator[Place]:
    """The schemas directly in `schema` that look at the same value as it does; references are not followed."""
    return _children(schema, "", _SINGLE_IN_PLACE, _LISTED_IN_PLACE, _NAMED_IN_PLACE)


def mapped(schema: dict[str, Any], place: str, change: Callable[[Any, str], Any]) -> dict[str, Any]:
    """`schema`, which has the pointer `place`, with all schemas directly in it changed, each by its pointer."""
    changed: dict[str, Any] = {}
    for keyword, value in schema.items():
        here = f"{place}/{escaped(keyword)}"
        if keyword in _SINGLE:
            value = change(value, here)
        elif keyword in _LISTED and isinstance(value, list):
            value = [change(each, f"{here}/{index}") for index, each in enumerate(value)]
        elif keyword in _NAMED and isinstance(value, dict):
            value = {name: change(each, f"{here}/{escaped(name)}") for name, each in value.items()}
        changed[keyword] = value
    return changed


def _children(
    schema: dict[str, Any],
    place: str,
    single: tuple[str, ...],
    listed: tuple[str, ...],
    named: tuple[str, ...],
) -> Iterator[Place]:
    for keyword, value in schema.items():
        here = f"{place}/{escaped(keyword)}"
        if keyword in single:
            yield here, value
        elif keyword in listed and isinstance(value, list):
            yield from ((f"{here}/{index}", subschema) for index, subschema in enumerate(value))
        elif keyword in named and isinstance(value, dict):
            yield from ((f"{here}/{escaped(name)}", subschema) for name, subschema in value.items())

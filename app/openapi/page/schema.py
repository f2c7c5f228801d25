"""JSON Schemas for people: a list of members with their types and bounds."""

from collections.abc import Iterator
from typing import Any

from app.openapi.page.markup import Markup, element, inline, join, prose
from app.openapi.pretty import pretty

JsonObject = dict[str, Any]

_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minItems": "{} items or more",
    "maxItems": "{} items at most",
    "minProperties": "{} members or more",
    "maxProperties": "{} members at most",
    "default": "default {}",
    "pattern": "{}",
}


def schema_section(name: str, schema: JsonObject) -> Markup:
    """One schema of the components."""
    return element(
        "section",
        element("h3", element("a", name, href=f"#schema-{name}")),
        prose(schema["description"]) if "description" in schema else None,
        members(schema),
        id=f"schema-{name}",
        class_="schema",
    )


def members(schema: JsonObject) -> Markup | None:
    """The members of an object, or of the objects an array holds; None where there are none to tell."""
    properties = schema.get("properties") or schema.get("items", {}).get("properties")
    if not properties:
        return None
    required = schema.get("required", schema.get("items", {}).get("required", ()))
    return element(
        "dl",
        [_member(name, each, name in required) for name, each in properties.items()],
        class_="members",
    )


def _member(name: str, schema: JsonObject, required: bool) -> Markup:
    inner = members(schema)
    return join(
        (
            element(
                "dt",
                element("code", name),
                element("span", kind(schema), class_="type"),
                element("span", "required", class_="required") if required else None,
            ),
            element(
                "dd",
                inline(schema["description"]) if "description" in schema else None,
                element("span", ", ".join(bounds(schema)), class_="bounds"),
                inner,
            ),
        )
    )


def kind(schema: JsonObject) -> Markup:
    """The type of a schema in a few words, with links to named schemas."""
    if "$ref" in schema:
        return named(schema)
    if "const" in schema:
        return element("code", pretty(schema["const"]))
    if "enum" in schema:
        return join(_alternatives([element("code", pretty(value)) for value in schema["enum"]]))
    if "anyOf" in schema:
        return join(_alternatives([kind(each) for each in schema["anyOf"]]))
    if schema.get("type") == "array" and "items" in schema:
        return join(("array of ", kind(schema["items"])))
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], dict):
        return join(("object of ", kind(schema["additionalProperties"])))
    return join((_types(schema), f", {schema['format']}" if "format" in schema else None))


def named(reference: JsonObject) -> Markup:
    """A link to a schema among the components."""
    name = reference["$ref"].rpartition("/")[2]
    return element("a", name, href=f"#schema-{name}")


def bounds(schema: JsonObject) -> Iterator[str]:
    """What limits the values, in words."""
    for keyword, phrase in _BOUNDS.items():
        if keyword in schema:
            value = schema[keyword]
            yield phrase.format(value if isinstance(value, str) else pretty(value))


def _types(schema: JsonObject) -> str:
    types = schema.get("type", "any value")
    return types if isinstance(types, str) else " or ".join(types)


def _alternatives(choices: list[Markup]) -> Iterator[str]:
    for place, choice in enumerate(choices):
        yield " or " if place else ""
        yield choice

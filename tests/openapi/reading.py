"""Finding one's way in an OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator

METHODS = ("get", "head", "post", "put", "patch", "delete", "query")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (method, path, operation)."""
    for path, methods in document["paths"].items():
        for key, operation in methods.items():
            method = key.removeprefix("x-")
            assert method in METHODS
            yield method, path, operation


def operation_named(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The operation whose operationId is `name`."""
    [found] = [each for _, _, each in operations(document) if each["operationId"] == name]
    return found


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """`node`, or what it refers to."""
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, dict)
    return found


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of `schema` that knows the components it refers to."""
    return Draft202012Validator(
        {"components": document["components"], "allOf": [schema]}, validate_formats=True, offline=True
    )


def references(node: Any) -> Iterator[str]:
    """Every $ref below `node` that is a reference and not an example's text."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for name, inner in node.items():
            if name not in ("example", "value"):
                yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)

"""A description as OpenAPI 3.2 writes it, which has words for what 3.1 calls extensions."""

from typing import Any

_WORDS = {"x-query": "query", "x-itemSchema": "itemSchema"}


def as_3_2(document: dict[str, Any]) -> dict[str, Any]:
    """The same description; lines are told of by the schema of each, and not as one text."""
    written: dict[str, Any] = _renamed(document)
    return {**written, "openapi": "3.2.0"}


def _renamed(node: Any) -> Any:
    if isinstance(node, dict):
        renamed = {_WORDS.get(name, name): _renamed(inner) for name, inner in node.items()}
        if "itemSchema" in renamed:
            del renamed["schema"]
        return renamed
    return [_renamed(inner) for inner in node] if isinstance(node, list) else node

"""Which fields are texts: in an address `10` may be a number or a string, and the schema says which."""

from collections.abc import Callable
from typing import Any

TEXTS_OF_THE_SERVER = frozenset({"id", "_meta.created_at", "_meta.updated_at", "_meta.updated_by"})
_MOST_REFERENCES = 16

IsText = Callable[[str], bool]


def texts_of(schema: Any) -> IsText:
    """What says of a path whether its values are strings alone. `schema`: a JSON Schema, None for none."""
    known: dict[str, bool] = dict.fromkeys(TEXTS_OF_THE_SERVER, True)

    def is_text(path: str) -> bool:
        found = known.get(path)
        if found is None:
            if len(known) > 1000:
                known.clear()
            found = known[path] = path in TEXTS_OF_THE_SERVER or _says_text(schema, path)
        return found

    return is_text


def _says_text(schema: Any, path: str) -> bool:
    node = schema
    for name in path.split("."):
        node = _property(_referred(schema, node), name)
    node = _referred(schema, node)
    if isinstance(node, dict) and node.get("type") == "array":
        node = _referred(schema, node.get("items"))
    if not isinstance(node, dict):
        return False
    choices = node.get("enum", [node["const"]] if "const" in node else None)
    if isinstance(choices, list):
        return all(isinstance(choice, str) for choice in choices)
    return node.get("type") in ("string", ["string"])


def _referred(schema: Any, node: Any) -> Any:
    """`node`, or what it refers to within `schema`; None where that is no way to a node."""
    for _ in range(_MOST_REFERENCES):
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        node = _pointed(schema, node["$ref"])
    return None


def _pointed(schema: Any, reference: Any) -> Any:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    node = schema
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict):
            return None
        node = node.get(part.replace("~1", "/").replace("~0", "~"))
    return node


def _property(node: Any, name: str) -> Any:
    properties = node.get("properties") if isinstance(node, dict) else None
    return properties.get(name) if isinstance(properties, dict) else None

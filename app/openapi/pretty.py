"""JSON for people."""

from typing import Any

import orjson

_NARROW = 76


def pretty(value: Any, indent: int = 0) -> str:
    """JSON with what fits on one line on one line."""
    flat = _flat(value)
    if len(flat) + indent <= _NARROW or not value or not isinstance(value, dict | list):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{pad}{_flat(name)}: {pretty(inner, indent + 2)}" for name, inner in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{' ' * indent}}}"
    items = [f"{pad}{pretty(inner, indent + 2)}" for inner in value]
    return "[\n" + ",\n".join(items) + f"\n{' ' * indent}]"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(name)}: {_flat(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return orjson.dumps(value).decode()

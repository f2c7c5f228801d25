"""JSON Merge Patch, RFC 7396 section 2."""

from typing import Any

from events.commit import JsonObject


def merge(target: JsonObject, patch: JsonObject) -> JsonObject:
    """The object after the patch: null removes a name, an object merges, all else replaces."""
    merged = dict(target)
    for name, change in patch.items():
        if change is None:
            merged.pop(name, None)
        elif isinstance(change, dict):
            merged[name] = merge(_object(merged.get(name)), change)
        else:
            merged[name] = change
    return merged


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}

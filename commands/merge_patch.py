"""JSON Merge Patch, RFC 7396 section 2."""

from typing import Any

from events.commit import JsonObject


def merge(target: JsonObject, patch: JsonObject) -> JsonObject:
    """The object after the patch: null removes a name, an object merges, all else replaces.

    `target` and `patch` stay as they are. Any depth will do: it does not recurse.
    """
    merged = dict(target)
    waiting = [(merged, patch)]
    for into, changes in waiting:
        for name, change in changes.items():
            if change is None:
                into.pop(name, None)
            elif isinstance(change, dict):
                inner = dict(_object(into.get(name)))
                into[name] = inner
                waiting.append((inner, change))
            else:
                into[name] = change
    return merged


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}

"""JSON Patch, RFC 6902: what a patch is, and how one is read."""

from dataclasses import dataclass
from typing import Any

from commands.errors import PatchInvalid
from commands.json_pointer import Pointer, read_pointer

MOST_OPERATIONS = 1000
KEPT_BY_THE_SERVER = ("id", "_meta")

_MEMBERS = {
    "add": ("path", "value"),
    "replace": ("path", "value"),
    "test": ("path", "value"),
    "remove": ("path",),
    "move": ("path", "from"),
    "copy": ("path", "from"),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One checked operation. `source` is its `from`, and `value` its value, where it has one."""

    op: str
    path: Pointer
    source: Pointer = ()
    value: Any = None


def read_operations(patch: Any) -> tuple[Operation, ...]:
    """The operations of a JSON Patch document: at most 1,000. Raises PatchInvalid."""
    if not isinstance(patch, list):
        raise PatchInvalid("a JSON Patch is an array of operations")
    if len(patch) > MOST_OPERATIONS:
        raise PatchInvalid(f"it has {len(patch):,} operations; {MOST_OPERATIONS:,} are allowed")
    return tuple(_read(index, raw) for index, raw in enumerate(patch))


def _read(index: int, raw: Any) -> Operation:
    try:
        return _operation(raw)
    except PatchInvalid as invalid:
        raise PatchInvalid(f"operation {index}: {invalid.reason}") from None


def _operation(raw: Any) -> Operation:
    if not isinstance(raw, dict):
        raise PatchInvalid("an operation is an object")
    op = raw.get("op")
    if not isinstance(op, str) or op not in _MEMBERS:
        raise PatchInvalid(f"`op` is one of {', '.join(_MEMBERS)}")
    for member in _MEMBERS[op]:
        if member not in raw:
            raise PatchInvalid(f"`{op}` needs `{member}`")
    path = _place(raw["path"])
    source = _place(raw["from"]) if "from" in _MEMBERS[op] else ()
    if op == "move" and len(path) > len(source) and path[: len(source)] == source:
        raise PatchInvalid("it moves a value into itself")
    return Operation(op, path, source, raw.get("value"))


def _place(text: object) -> Pointer:
    pointer = read_pointer(text)
    if pointer and pointer[0] in KEPT_BY_THE_SERVER:
        raise PatchInvalid(f"`{pointer[0]}` is kept by the server")
    return pointer

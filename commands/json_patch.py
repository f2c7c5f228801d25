"""JSON Patch, RFC 6902: read, checked, and applied with bounds by the library `jsonpatch`."""

from dataclasses import dataclass
from typing import Any

import jsonpatch
import orjson
from jsonpointer import JsonPointer, JsonPointerException

from commands.errors import PatchInvalid, PatchUnfit
from events.commit import JsonObject
from events.values import MOST_DOCUMENT_BYTES

MOST_OPERATIONS = 1000

_MEMBERS = {
    "add": ("value",),
    "replace": ("value",),
    "test": ("value",),
    "remove": (),
    "move": ("from",),
    "copy": ("from",),
}
_KEPT_BY_THE_SERVER = ("id", "_meta")


@dataclass(frozen=True, slots=True)
class Operation:
    """One checked operation. `source` is its `from`, where it has one."""

    op: str
    path: str
    raw: JsonObject


def read_operations(patch: Any) -> tuple[Operation, ...]:
    """The operations of a JSON Patch document: at most 1,000. Raises PatchInvalid."""
    if not isinstance(patch, list):
        raise PatchInvalid("a JSON Patch is an array of operations")
    if len(patch) > MOST_OPERATIONS:
        raise PatchInvalid(f"it has {len(patch)} operations; {MOST_OPERATIONS} are allowed")
    return tuple(_read(index, raw) for index, raw in enumerate(patch))


def apply_operations(body: JsonObject, operations: tuple[Operation, ...]) -> JsonObject:
    """The body after all operations; `body` stays as it is. Raises PatchUnfit, PatchInvalid."""
    changed: Any = orjson.loads(orjson.dumps(body))
    for index, operation in enumerate(operations):
        changed = _apply(index, operation, changed)
    if not isinstance(changed, dict):
        raise PatchInvalid("a document is a JSON object, and the patch makes it something else")
    return changed


def _read(index: int, raw: Any) -> Operation:
    if not isinstance(raw, dict):
        raise PatchInvalid(f"operation {index} is not an object")
    op = raw.get("op")
    if not isinstance(op, str) or op not in _MEMBERS:
        raise PatchInvalid(f"operation {index}: `op` is one of {', '.join(_MEMBERS)}")
    for member in ("path", *_MEMBERS[op]):
        if member not in raw:
            raise PatchInvalid(f"operation {index}: `{op}` needs `{member}`")
    for pointer in (raw["path"], raw["from"]) if "from" in _MEMBERS[op] else (raw["path"],):
        _check_pointer(index, pointer)
    if op == "move" and raw["path"].startswith(raw["from"] + "/"):
        raise PatchInvalid(f"operation {index} moves a value into itself")
    return Operation(op, raw["path"], raw)


def _check_pointer(index: int, pointer: Any) -> None:
    try:
        parts = JsonPointer(pointer).parts
    except (JsonPointerException, TypeError, AttributeError) as error:
        raise PatchInvalid(f"operation {index}: {pointer!r} is no JSON pointer: {error}") from None
    if parts and parts[0] in _KEPT_BY_THE_SERVER:
        raise PatchInvalid(f"operation {index}: `{parts[0]}` is kept by the server")


def _apply(index: int, operation: Operation, target: Any) -> Any:
    try:
        if operation.op == "test":
            found = JsonPointer(operation.path).resolve(target)
            if not _equal(found, operation.raw["value"]):
                raise PatchUnfit(index, f"{operation.path!r} does not hold the value tested for")
            return target
        target = jsonpatch.JsonPatch([operation.raw]).apply(target, in_place=True)
    except (jsonpatch.JsonPatchException, JsonPointerException) as error:
        raise PatchUnfit(index, str(error)) from None
    except (TypeError, KeyError, IndexError, ValueError, AttributeError) as error:
        raise PatchUnfit(index, f"{operation.path!r} does not fit: {error}") from None
    if operation.op == "copy" and len(orjson.dumps(target)) > MOST_DOCUMENT_BYTES:
        raise PatchInvalid(f"operation {index} makes the document larger than {MOST_DOCUMENT_BYTES:,} bytes")
    return target


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON values, RFC 6902 section 4.6: 1 equals 1.0, and true equals only true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)

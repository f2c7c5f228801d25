"""Applying a JSON Patch: operation by operation, with bounds on what copying may cost."""

import re
from typing import Any

import orjson

from commands.equality import equal
from commands.errors import PatchInvalid, PatchUnfit
from commands.json_patch import KEPT_BY_THE_SERVER, Operation
from commands.json_pointer import Pointer, write_pointer
from events.commit import JsonObject
from events.values import MOST_DOCUMENT_BYTES

MOST_COPIED_BYTES = 4 * MOST_DOCUMENT_BYTES

_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_ROOT = ("",)


class _Unfit(Exception):
    """The operation does not fit what is there."""


def apply_operations(body: JsonObject, operations: tuple[Operation, ...]) -> JsonObject:
    """The body after all operations; `body` and the operations stay as they are.

    Raises: PatchUnfit, with the operation that does not fit; PatchInvalid, when no document can come of it.
    Does not promise: that the result may be stored; `check_document` tells.
    """
    patching = _Patching(body)
    for index, operation in enumerate(operations):
        try:
            patching.apply(operation)
        except _Unfit as unfit:
            raise PatchUnfit(index, str(unfit)) from None
    return patching.result()


class _Patching:
    """A document being patched: held in an object, under "", so that its root is a place like any other."""

    def __init__(self, body: JsonObject) -> None:
        self._holder: dict[str, Any] = {"": orjson.loads(orjson.dumps(body))}
        self._copied = 0

    def apply(self, operation: Operation) -> None:
        """Apply one operation. Raises _Unfit, PatchInvalid."""
        path, source = _ROOT + operation.path, _ROOT + operation.source
        match operation.op:
            case "add":
                self._add(path, _copy(operation.value))
            case "replace":
                self._replace(path, _copy(operation.value))
            case "remove":
                self._remove(path)
            case "move":
                self._add(path, self._remove(source))
            case "copy":
                self._add(path, self._counted_copy(self._find(source)))
            case "test":
                if not equal(self._find(path), operation.value):
                    raise _Unfit(f"{_shown(path)} does not hold the value tested for")

    def result(self) -> JsonObject:
        """The patched document. Raises PatchInvalid."""
        body = self._holder.get("")
        if not isinstance(body, dict):
            raise PatchInvalid("a document is a JSON object, and the patch makes it something else")
        for name in KEPT_BY_THE_SERVER:
            if name in body:
                raise PatchInvalid(f"it gives the document a member `{name}`, which is kept by the server")
        return body

    def _find(self, path: Pointer) -> Any:
        found: Any = self._holder
        for depth, name in enumerate(path):
            found = found[_existing(found, name, path[: depth + 1])]
        return found

    def _add(self, path: Pointer, value: Any) -> None:
        parent, name = self._find(path[:-1]), path[-1]
        if isinstance(parent, list):
            parent.insert(len(parent) if name == "-" else _index(name, len(parent) + 1, path), value)
        elif isinstance(parent, dict):
            parent[name] = value
        else:
            raise _Unfit(f"{_shown(path[:-1])} is neither an object nor an array")

    def _replace(self, path: Pointer, value: Any) -> None:
        parent = self._find(path[:-1])
        parent[_existing(parent, path[-1], path)] = value

    def _remove(self, path: Pointer) -> Any:
        parent = self._find(path[:-1])
        place = _existing(parent, path[-1], path)
        return parent.pop(place)

    def _counted_copy(self, value: Any) -> Any:
        """Copies within a patch may double what they copied before; so they have a bound in all."""
        copied = _written(value)
        self._copied += len(copied)
        if self._copied > MOST_COPIED_BYTES:
            raise PatchInvalid(f"it copies more than {MOST_COPIED_BYTES:,} bytes in all")
        return orjson.loads(copied)


def _existing(container: Any, name: str, path: Pointer) -> Any:
    """The key or index that `name` means in `container`. Raises _Unfit unless something is there."""
    if isinstance(container, list):
        return _index(name, len(container), path)
    if not isinstance(container, dict) or name not in container:
        raise _Unfit(f"there is nothing at {_shown(path)}")
    return name


def _index(name: str, length: int, path: Pointer) -> int:
    if not _INDEX.fullmatch(name) or int(name) >= length:
        raise _Unfit(f"there is no such place in the array as {_shown(path)}")
    return int(name)


def _copy(value: Any) -> Any:
    return orjson.loads(_written(value)) if isinstance(value, dict | list) else value


def _written(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise PatchInvalid("it nests values deeper than any document may") from None


def _shown(path: Pointer) -> str:
    text = write_pointer(path[1:]) or "the document"
    return text if len(text) <= 80 else f"{text[:80]}…"

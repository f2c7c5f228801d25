"""Paths: finding a field of a document, nested ones by dots, `id` and `_meta.…` as of any other."""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from events.document import Present, meta


class Missing(Enum):
    """The value of a field that is not there."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

Reader = Callable[[str, Present], Any]


@lru_cache(maxsize=4096)
def reader(path: str) -> Reader:
    """What finds `path` in (id, document): a JSON value, or MISSING. It does not look into arrays."""
    first, *rest = path.split(".")
    if path == "id":
        return lambda id, document: id
    if first == "_meta":
        return lambda id, document: _descend(meta(document), rest)
    if not rest:
        return lambda id, document: document.body.get(path, MISSING)
    return lambda id, document: _descend(document.body.get(first, MISSING), rest)


def _descend(value: Any, names: list[str]) -> Any:
    for name in names:
        if type(value) is not dict:
            return MISSING
        value = value.get(name, MISSING)
    return value

"""Claims: the keys by which values of unique fields are held in the log.

A claim names the collection, the fields and their values: "orders/number/[1007]". Values that are equal in
comparisons (1 and 1.0) make one claim. A document in which one of the fields is missing or null claims
nothing, as in SQL. Long values are replaced by their BLAKE2b hash, so a key stays short.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from events.commit import JsonObject

UniqueFields = tuple[str, ...]
LONGEST_VALUES = 200


class Claims(NamedTuple):
    """What a command takes and what it gives back."""

    taken: tuple[str, ...]
    released: tuple[str, ...]


NO_CLAIMS = Claims((), ())


def claims_between(
    collection: str, unique: Iterable[UniqueFields], before: JsonObject | None, after: JsonObject | None
) -> Claims:
    """What changes hands when a document becomes `after`; None is no document."""
    had = [] if before is None else claims_of(collection, unique, before)
    has = [] if after is None else claims_of(collection, unique, after)
    return Claims(tuple(key for key in has if key not in had), tuple(key for key in had if key not in has))


def claims_of(collection: str, unique: Iterable[UniqueFields], body: JsonObject) -> list[str]:
    """The claims a document holds."""
    found = []
    for fields in unique:
        values = [value_at(body, path) for path in fields]
        if None not in values:
            found.append(_prefix(collection, fields) + _key(values))
    return found


def fields_of(claim: str, collection: str, unique: Iterable[UniqueFields]) -> UniqueFields:
    """The fields that a claim of the collection is made of."""
    fitting = [fields for fields in unique if claim.startswith(_prefix(collection, fields))]
    return max(fitting, key=lambda fields: len(_prefix(collection, fields)))


def value_at(body: JsonObject, path: str) -> Any:
    """The value at a dotted path, None where it is missing or null."""
    value: Any = body
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _prefix(collection: str, fields: UniqueFields) -> str:
    return f"{collection}/{','.join(fields)}/"


def _key(values: list[Any]) -> str:
    written = orjson.dumps([_canonical(value) for value in values], option=orjson.OPT_SORT_KEYS)
    if len(written) <= LONGEST_VALUES:
        return written.decode()
    return blake2b(written, digest_size=32).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and -(2**63) <= value < 2**63:
        return int(value)
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return value

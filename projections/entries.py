"""Entries: where a document stands in a declared index.

    fields, encoded · id · flag (1 byte) · length of the id (2 bytes, big-endian)

All entries are members of one sorted set with score 0, so Redis keeps them in the order of their bytes: by
fields, then by id. A document has one entry (flag ALONE); with an array in an indexed field it has one for each
distinct element, and with several such fields one for each combination (flag ONE_OF_SEVERAL).
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice, product
from typing import Any

from catalog.declared import Index, IndexField
from events.document import Present
from projections.encoding import OPAQUE, encode, split, turned_over
from projections.paths import Missing, reader

MOST_ENTRIES = 1000
"""Of one document in one index: the first ones in its order. Of an index with more, the rest is not found."""

ALONE, ONE_OF_SEVERAL = b"\0", b"\x01"
_TAIL_BYTES = 3

EntriesOf = Callable[[str, Present], list[bytes]]
Encoder = Callable[[str, Present], bytes | list[bytes]]


def values_at(id: str, document: Present, path: str) -> Any | Missing:
    """The JSON value of a field, nested ones by dots, or MISSING. It does not look into arrays."""
    return reader(path)(id, document)


def entries(index: Index, id: str, document: Present) -> list[bytes]:
    """The entries of a document: 1..1000 distinct members, in the order of their bytes."""
    return entries_of(index)(id, document)


def surplus(members: list[bytes]) -> list[bytes]:
    """What a second sorted set keeps, so that documents can be counted: every entry but the first.

    Before each stands a byte: the number (from 1) of its last field that differs from the first entry's. Of all
    entries that have their first n fields in common, one has no byte greater than n, or is the first of all.
    """
    if len(members) < 2:
        return []
    first = split(key_of_member(members[0])[0])
    return [_last_difference(first, member) + member for member in members[1:]]


def id_of_member(member: bytes) -> str:
    """The id of the document whose entry `member` is."""
    return key_of_member(member)[1].decode()


def key_of_member(member: bytes) -> tuple[bytes, bytes]:
    """The encoded fields of an entry, and its id."""
    end = len(member) - _TAIL_BYTES
    start = end - int.from_bytes(member[-2:])
    return member[:start], member[start:end]


def member_of(key: bytes, id: bytes, flag: bytes = ALONE) -> bytes:
    """The member for encoded fields and an id of at most 65,535 bytes."""
    return key + id + flag + len(id).to_bytes(2)


def _last_difference(first: list[bytes], member: bytes) -> bytes:
    fields = split(key_of_member(member)[0])
    return bytes([max(place for place, field in enumerate(fields, 1) if field != first[place - 1])])


@lru_cache(maxsize=4096)
def entries_of(index: Index) -> EntriesOf:
    """`entries` of one index, made once."""
    encoders = [encoder(field) for field in index.fields]

    def find(id: str, document: Present) -> list[bytes]:
        encoded = [encode_field(id, document) for encode_field in encoders]
        if list not in map(type, encoded):
            return [member_of(b"".join(encoded), id.encode())]  # type: ignore[arg-type]
        return _several(encoded, id.encode())

    return find


def _several(encoded: list[bytes | list[bytes]], id: bytes) -> list[bytes]:
    choices = [each if isinstance(each, list) else [each] for each in encoded]
    keys = list(islice(product(*choices), MOST_ENTRIES))
    flag = ONE_OF_SEVERAL if len(keys) > 1 else ALONE
    return [member_of(b"".join(key), id, flag) for key in keys]


def encoder(field: IndexField) -> Encoder:
    """What a field of a document is encoded to; of an array each distinct element, in their order."""
    read, descending = reader(field.path), field.descending

    def find(id: str, document: Present) -> bytes | list[bytes]:
        value = read(id, document)
        if type(value) is list and value:
            return sorted({_element(each, descending) for each in value})
        return encode(value, descending=descending)

    return find


def _element(value: Any, descending: bool) -> bytes:
    if type(value) is list:
        return turned_over(OPAQUE) if descending else OPAQUE
    return encode(value, descending=descending)

"""How documents of MongoDB become Python values: the very ones that were sent, but for dates: see `utc`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from struct import Struct
from typing import Any

from bson import decode_all
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64

AT_A_TIME = 64
_FIRST_BATCH = b"\x04firstBatch\0"
_size_at = Struct("<i").unpack_from


class _WholeNumbers(TypeDecoder):
    """bson gives int64 a class of its own, which JSON Schema validators do not take for a number."""

    bson_type = Int64

    def transform_bson(self, value: Int64) -> int:
        return int(value)


PLAIN: CodecOptions[dict[str, Any]] = CodecOptions(type_registry=TypeRegistry([_WholeNumbers()]))
"""Dates come without a time zone: with one, bson takes as long for a date as for half a commit. See `utc`."""


@lru_cache(maxsize=64)
def utc(at: datetime) -> datetime:
    """A date as `PLAIN` has it, with its time zone. Commits come in groups: many share their millisecond."""
    return at.replace(tzinfo=UTC)


def decoded(batches: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The documents of raw batches, as `PLAIN` has them: a batch is decoded as a whole, in C."""
    return chain.from_iterable(decode_all(batch, PLAIN) for batch in batches)


def first_batch(answer: bytes) -> Iterator[dict[str, Any]]:
    """The documents in MongoDB's answer to the command `find`, as `PLAIN` has them.

    They are decoded some at a time, when they are asked for: what is worked on at once is then still in the
    processor's cache. An array of BSON is its size, its elements (a type, a name ended by NUL, the document,
    which begins with its own size), and a NUL; https://bsonspec.org.
    """
    at = answer.index(_FIRST_BATCH) + len(_FIRST_BATCH) + 4
    documents: list[bytes] = []
    while answer[at]:
        begin = answer.index(0, at) + 1
        at = begin + _size_at(answer, begin)[0]
        documents.append(answer[begin:at])
        if len(documents) == AT_A_TIME:
            yield from decode_all(b"".join(documents), PLAIN)
            documents.clear()
    yield from decode_all(b"".join(documents), PLAIN)

"""How documents of MongoDB become Python values: the very ones that were sent, but for dates: see `utc`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from bson import decode_all
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64


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


def decoded(batches: Iterable[bytes]) -> list[dict[str, Any]]:
    """The documents of raw batches, as `PLAIN` has them: a batch is decoded as a whole, in C."""
    return list(chain.from_iterable(decode_all(batch, PLAIN) for batch in batches))

"""How documents of MongoDB become Python values: the very ones that were sent."""

from collections.abc import Iterable
from datetime import UTC
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


PLAIN: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,  # bson's own is slow Python, whenever a date is looked at
    type_registry=TypeRegistry([_WholeNumbers()]),
)


def decoded(batches: Iterable[bytes]) -> list[dict[str, Any]]:
    """The documents of raw batches, as `PLAIN` has them: a batch is decoded as a whole, in C."""
    return list(chain.from_iterable(decode_all(batch, PLAIN) for batch in batches))

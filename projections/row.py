"""A row: what a query reads of one document.

    version (4 bytes) · created at, ms (8) · created at position (8) · the response body

The response body is final: a read copies it and never parses it. Numbers are big-endian.
"""

from datetime import UTC, datetime
from struct import Struct
from typing import NamedTuple

import orjson

from events.document import Birth, Present, response_body
from events.position import Position, Version

_HEAD = Struct(">IQQ")
HEAD_BYTES = _HEAD.size
_VERSION_BYTES = 4
_QUOTE = b'"'
ORDER_BYTES = HEAD_BYTES - _VERSION_BYTES


class Row(NamedTuple):
    """A row as a query sees it: enough to answer a read without looking into the body."""

    version: Version
    body: bytes

    @property
    def stale_since(self) -> Position | None:
        """The position of the first commit that could not be applied to a parked document; else None."""
        if self.body[-3:-2] == _QUOTE:
            return None
        return Position(int(self.body[self.body.rindex(b":") + 1 : -2]))


def row_of(id: str, document: Present, stale_since: int | None = None) -> bytes:
    """The row of a document. stale_since: for one that is parked, see `Row`; its `_meta` ends with it."""
    birth = document.birth
    body = response_body(id, document)
    if stale_since is not None:
        body = b'%b,"stale_since":%d}}' % (body[:-2], stale_since)
    return _HEAD.pack(document.version, _milliseconds(birth.at), birth.position) + body


def read_row(row: bytes) -> Row:
    """What a query answers from a row."""
    return Row(Version(int.from_bytes(row[:_VERSION_BYTES])), row[HEAD_BYTES:])


def document_of(row: bytes) -> Present:
    """The document a row was made of: the state that the next commit is applied to."""
    version, born, position = _HEAD.unpack_from(row)
    body = orjson.loads(memoryview(row)[HEAD_BYTES:])
    del body["id"]
    meta = body.pop("_meta")
    birth = Birth(datetime.fromtimestamp(born / 1000, UTC), Position(position))
    updated_at = datetime.fromisoformat(meta["updated_at"])
    return Present(body, version, meta["position"], birth, updated_at, meta["updated_by"])


def creation_key_of(id: str, row: bytes) -> bytes:
    """The member of the index by creation: time, then place in the log, then id."""
    return row[_VERSION_BYTES:HEAD_BYTES] + id.encode()


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)

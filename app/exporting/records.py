"""Records: what an export has one of per line or row."""

import json
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple, Protocol

import orjson

from events.commit import JsonObject
from events.document import Present, meta, response_body
from events.position import Position


class Record(Protocol):
    """A document, or a row of a view."""

    def line(self) -> bytes:
        """Its JSON, on one line, as reads answer it."""

    def object(self) -> JsonObject:
        """The same as values. Not to be changed."""


class DocumentRecord(NamedTuple):
    """A document as reads give it: its own fields, `id` and `_meta`.

    stale_since: the commit that could not be applied; what came after it is not in the document either.
    """

    id: str
    document: Present
    stale_since: Position | None = None

    def line(self) -> bytes:
        """Byte for byte what a read of it at that position answers."""
        body = response_body(self.id, self.document)
        return body if self.stale_since is None else body[:-2] + b',"stale_since":%d}}' % self.stale_since

    def object(self) -> JsonObject:
        """`id` first, `_meta` last."""
        told = meta(self.document)
        if self.stale_since is not None:
            told["stale_since"] = self.stale_since
        return {"id": self.id, **self.document.body, "_meta": told}


class ViewRecord(NamedTuple):
    """A row of a view, as reads give it. sums: exact decimals, of more digits perhaps than a double has."""

    body: bytes
    sums: Collection[str]

    def line(self) -> bytes:
        """The bytes that reads answer."""
        return self.body

    def object(self) -> JsonObject:
        """Sums are decimals."""
        row: JsonObject = orjson.loads(self.body)
        if self.sums:
            exact = json.loads(self.body, parse_float=Decimal, parse_int=Decimal)
            row |= {name: exact[name] for name in self.sums}
        return row

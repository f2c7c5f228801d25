"""Scans: a small collection is looked through row by row where no index serves."""

import asyncio
from collections.abc import Sequence
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from catalog.declared import IndexField
from events.document import Present
from projections.encoding import turned_over
from projections.entries import encoder
from projections.matching import compile
from queries.constraints import Constraint, constraints_of
from queries.query import Query
from queries.table import Source

ROWS_AT_ONCE = 250
"""So many rows are looked at before others get their turn in the event loop."""


class Found(NamedTuple):
    """A row that fits: where it stands in the order asked for, which no other row does, and the row."""

    place: bytes
    row: bytes


async def scan(source: Source, query: Query, rows: Sequence[bytes], after: bytes) -> tuple[list[Found], int]:
    """One page of the rows that fit, and one more where there are more; and how many fit in all.

    rows: ids and rows in turn. after: the place that the page before ended at, b"" for none.
    """
    places, holds = _Places(source, query), compile(query.where)
    fitting: list[Found] = []
    count, pairs = 0, zip(rows[::2], rows[1::2], strict=True)
    while some := list(islice(pairs, ROWS_AT_ONCE)):
        for id, row in some:
            name, document = id.decode(), source.document(row)
            if holds(name, document):
                count += 1
                place = places.of(name, document, row)
                if place > after:
                    fitting.append(Found(place, row))
        fitting = nsmallest(query.limit + 1, fitting)
        await asyncio.sleep(0)
    return fitting, count


class _Places:
    """Where rows stand: by the order asked for, then by id; newest first where none is."""

    def __init__(self, source: Source, query: Query) -> None:
        where = constraints_of(query.where)
        self._source = source
        self._fields = [_Field(field, where.get(field.path)) for field in query.sort]

    def of(self, id: str, document: Present, row: bytes) -> bytes:
        if not self._fields:
            return turned_over(self._source.age(row) + id.encode())
        return b"".join([field.first(id, document) for field in self._fields]) + id.encode()


class _Field:
    """One field of an order. Of an array, the first of those elements counts that are asked for."""

    def __init__(self, field: IndexField, constraint: Constraint | None) -> None:
        self._encode = encoder(field)
        self._bounds = None if constraint is None else constraint.bounds(field.descending)

    def first(self, id: str, document: Present) -> bytes:
        encoded = self._encode(id, document)
        if not isinstance(encoded, list):
            return encoded
        if self._bounds is None:
            return encoded[0]
        return next(each for each in encoded if any(low <= each < high for low, high in self._bounds))

"""Walking along an order of a view for a page: rows that do not fit the query are passed over.

A walk looks at few rows first, and at more where they do not fill the page. Each look begins where the page
does and is one command, so the page that comes of the last one is of one moment.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from events.document import Present
from projections.encoding import encode
from projections.entries import member_of
from projections.matching import compile
from projections.views.rows import group_id
from queries.course import Order
from queries.pages import CoalescedPages
from queries.plan import Plan
from queries.query import Query
from queries.scan import ROWS_AT_ONCE
from queries.table import Source, Table
from queries.travel import Travelled, travel

MOST_WALKED = 8000
"""So many rows are looked at for one page; with fewer among them that fit, the page is shorter."""

WALKED_AT_ONCE = 500
_MORE = 4


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk along `plan`. counted: has as many entries as rows fit, if the query asks how many."""

    pages: CoalescedPages
    source: Source
    table: Table
    query: Query
    plan: Plan
    counted: Plan

    async def page(self, place: bytes | None) -> Travelled:
        """The page behind the member `place`; its entries are those of all looks. Raises as `travel`."""
        limit, looked = self.query.limit, 0
        wanted = max(WALKED_AT_ONCE, limit + 1)
        while True:
            found, count = await self._look(wanted, place)
            rows = await self._fitting(found.rows)
            looked += found.entries
            if len(rows) > limit:
                ends = self._member(rows[limit - 1])
                return Travelled(rows[:limit], ends, count, looked, found.standing)
            if found.ends is None or wanted >= MOST_WALKED:
                return Travelled(rows, found.ends, count, looked, found.standing)
            wanted = min(wanted * _MORE, MOST_WALKED)

    async def _look(self, wanted: int, place: bytes | None) -> tuple[Travelled, int | None]:
        """So many rows, and the count where it is asked for, of one moment.

        Both are asked for at once and nearly always answered with one command; else they are asked again.
        """
        along = partial(travel, self.pages, self.source, self.table)
        if not self.query.count:
            return await along(self.plan, Query(limit=wanted), place), None
        while True:
            counted, found = await asyncio.gather(
                along(self.counted, Query(limit=1, count=True), None),
                along(self.plan, Query(limit=wanted), place),
            )
            if counted.standing is found.standing:
                return found, counted.count

    async def _fitting(self, rows: Sequence[bytes]) -> list[bytes]:
        """The rows that fit, as far as the page needs them, and one more where there are more."""
        holds = compile(self.query.where)
        fitting: list[bytes] = []
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            fitting += [row for row in some if holds("", self.source.document(row))]
            if len(fitting) > self.query.limit:
                break
            await asyncio.sleep(0)
        return fitting

    def _member(self, row: bytes) -> bytes:
        """Where a row stands in the order. Groups' fields are those of the standard one; they name the row."""
        document = self.source.document(row)
        id = group_id(_encoded(self.table.standard, document))
        return member_of(_encoded(self.plan.order, document), id)


def _encoded(order: Order, row: Present) -> bytes:
    fields = order.index.fields
    return b"".join([encode(row.body[field.path], descending=field.descending) for field in fields])

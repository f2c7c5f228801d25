"""Lists of rows of views. A view keeps an order by each column, so two ways are left where none serves a query:

Either one of the orders narrows the rows down to few, and these are looked through; or so many fit that, along
the order asked for, the next page of them is near. Either way a page is read at once, so it is of one moment.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from catalog.declared import Index, IndexField
from queries.constraints import Constraint, Points, constraints_of
from queries.course import MARK_BYTES, course_of
from queries.errors import OrderBuilding, QueryInvalid
from queries.lists import SCAN_BYTES, SCAN_MARK, SCAN_MIB, Lists, Page
from queries.plan import Plan, plan_of, standard_plan
from queries.planner import choose, index_for
from queries.query import Query
from queries.scan import scan
from queries.standing import Standing
from queries.table import Source, Table
from queries.travel import travel
from queries.view_walk import Walk

_SORTED, _WALKED = b"s", b"w"
_ANY_NAME = b"-"


class Narrowed(NamedTuple):
    """A stretch of an order that holds all rows that fit, how many rows it has, and whether all of them fit."""

    plan: Plan
    rows: int
    is_exact: bool


class ViewLists(Lists):
    """Answers lists of rows of views."""

    async def _scanned(self, source: Source, table: Table, query: Query, after: bytes) -> Page:
        way, place = after[:1], after[1:]
        narrowed = await self._narrowed(source, table, query)
        if way == _SORTED or (way != _WALKED and narrowed.rows <= self._scan_limit):
            page = await self._sorted(source, table, query, narrowed.plan, place)
            if page is not None:
                return page
            if way == _SORTED:
                raise QueryInvalid("cursor", "was made while fewer rows fitted; begin again without it")
        return await self._walked(source, table, query, narrowed, place)

    async def _narrowed(self, source: Source, table: Table, query: Query) -> Narrowed:
        """The shortest stretch that holds all rows that fit."""
        ways = list(_ways(table, constraints_of(query.where)))
        counting = Query(limit=1, count=True)
        found = await asyncio.gather(
            *(travel(self._pages, source, table, plan, counting, None) for plan, _ in ways)
        )
        counted = [
            Narrowed(plan, each.count or 0, is_exact)
            for (plan, is_exact), each in zip(ways, found, strict=True)
        ]
        return min(counted, key=lambda narrowed: (narrowed.rows, not narrowed.is_exact))

    async def _sorted(
        self, source: Source, table: Table, query: Query, plan: Plan, after: bytes
    ) -> Page | None:
        """A page of the rows of a stretch that fit, all read and sorted; None where that is too much."""
        most = max(self._scan_limit, 1)
        async with self._room_for(source):
            found = await travel(self._pages, source, table, plan, Query(limit=most), None, SCAN_BYTES)
            self._remember(source, sum(map(len, found.rows)))
            if found.ends is not None:
                return None
            named = [part for row in found.rows for part in (_ANY_NAME, row)]
            fitting, count = await scan(source, query, named, after)
        following = None
        if len(fitting) > query.limit:
            following = self._seal(source, query, SCAN_MARK, _SORTED + fitting[query.limit - 1].place)
        rows = [each.row for each in fitting[: query.limit]]
        counted = count if query.count else None
        return _page(source, query, rows, following, found.standing, counted, plan.order.name, found.entries)

    async def _walked(
        self, source: Source, table: Table, query: Query, narrowed: Narrowed, after: bytes
    ) -> Page:
        """A page along the order asked for, which many rows fit: the others are passed over."""
        if query.count and not narrowed.is_exact:
            is_many = narrowed.rows > self._scan_limit
            what = f"more than {self._scan_limit:,} rows" if is_many else f"rows of more than {SCAN_MIB} MiB"
            reason = f"{what} would have to be looked at; filter by less"
            raise _refused(source, table, query, "count", reason)
        mark, place = after[:MARK_BYTES], after[MARK_BYTES:]
        plan = _along(source, table, query) if not mark else _along_begun(table, query, mark)
        walk = Walk(self._pages, source, table, query, plan, narrowed.plan)
        found = await walk.page(place or None)
        following = None
        if found.ends is not None:
            following = self._seal(source, query, SCAN_MARK, _WALKED + plan.order.mark + found.ends)
        name, entries = plan.order.name, found.entries
        return _page(source, query, found.rows, following, found.standing, found.count, name, entries)


def _ways(table: Table, where: Mapping[str, Constraint]) -> Iterator[tuple[Plan, bool]]:
    """What each order narrows a filter to, and whether to exactly what it asks for; or all rows."""
    yield standard_plan(table.standard, backwards=False), not where
    for order in table.orders.values():
        asked = _narrowing(order.index, where)
        chosen = choose((order.index,), asked, ()) if asked else None
        if chosen is not None:
            yield plan_of(course_of(order, chosen[1], whole=False), asked), len(asked) == len(where)


def _narrowing(index: Index, where: Mapping[str, Constraint]) -> dict[str, Constraint]:
    """What of a filter an order narrows rows down by: its first columns, up to one with a range."""
    asked: dict[str, Constraint] = {}
    for field in index.fields:
        if field.path not in where:
            break
        asked[field.path] = where[field.path]
        if not isinstance(where[field.path], Points):
            break
    return asked


def _along(source: Source, table: Table, query: Query) -> Plan:
    """All rows in the order asked for. Raises QueryInvalid, OrderBuilding where the view has no such order."""
    if not query.sort:
        return standard_plan(table.standard, backwards=table.standard_backwards)
    chosen = choose(table.indexes, {}, query.sort)
    if chosen is None:
        reason = "too many rows fit to be sorted like this; sort by one column, or ask for fewer"
        raise _refused(source, table, query, "sort", reason)
    return plan_of(course_of(table.orders[chosen[0].name], chosen[1], whole=True), {})


def _along_begun(table: Table, query: Query, mark: bytes) -> Plan:
    """The same, by the order of the pages before. Raises QueryInvalid where the view has it no more."""
    for order in table.orders.values():
        if order.mark == mark and (chosen := choose((order.index,), {}, query.sort)) is not None:
            return plan_of(course_of(order, chosen[1], whole=True), {})
    raise QueryInvalid("cursor", "belongs to an order that is no more; begin again without it")


def _refused(source: Source, table: Table, query: Query, parameter: str, reason: str) -> Exception:
    """What to say where too many rows fit to be looked through."""
    where = constraints_of(query.where)
    if table.choice(where, query.sort) is not None:
        return QueryInvalid("cursor", "was made while there was no order for this; begin again without it")
    building = _building(source, table, query, parameter)
    if building is not None:
        return OrderBuilding(",".join(map(str, _called(source, building))))
    return QueryInvalid(parameter, f"{reason}{_or_declare(source, query)}")


def _building(source: Source, table: Table, query: Query, parameter: str) -> Index | None:
    """The declared order, not there yet, that helps a query best: it serves all of it, or what it lacks.

    A count lacks an order by the filter, a sort one by what it says; an order that narrows the filter down
    by columns that no order is by as yet may do for either.
    """
    where = constraints_of(query.where)
    building = tuple(index for index in source.declared if index.name not in table.orders)
    chosen = choose(building, where, query.sort)
    if chosen is None and parameter == "sort":
        chosen = choose(building, {}, query.sort)
    elif chosen is None and (not query.sort or choose((*table.indexes, *building), {}, query.sort)):
        chosen = choose(building, where, ())
    if chosen is not None:
        return chosen[0]
    narrowed = [_narrowing(index, where).keys() for index in table.indexes]
    for index in building:
        by = _narrowing(index, where)
        if not any(by.keys() <= each for each in narrowed) and choose((index,), by, ()):
            return index
    return None


def _or_declare(source: Source, query: Query) -> str:
    """The order that would serve a query, to be declared with the view; nothing where none would."""
    index = index_for(constraints_of(query.where), query.sort)
    if index is None or len(index.fields) < 2:
        return ""
    fields = [str(field) for field in _called(source, index)]
    return f', or declare "orders": {orjson.dumps([fields]).decode()} in the view'


def _called(source: Source, index: Index) -> list[IndexField]:
    return [IndexField(source.called(field.path), field.descending) for field in index.fields]


def _page(
    source: Source,
    query: Query,
    rows: Sequence[bytes],
    following: str | None,
    standing: Standing,
    count: int | None,
    plan: str,
    entries: int,
) -> Page:
    items = source.bodies(rows)
    if query.fields is not None:
        items = source.select(items, query.fields)
    return Page(items, following, standing, count, plan, entries)

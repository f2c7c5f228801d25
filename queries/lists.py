"""Lists: a page of a source, by an index, by a scan, or newest first; and how many rows fit."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NamedTuple

from projections.shape import EMPTY, Shape, read_shape
from queries.constraints import constraints_of
from queries.course import MARK_BYTES, course_of
from queries.cursor import Cursors
from queries.errors import IndexBuilding, IndexNeeded, QueryInvalid
from queries.packing import packed
from queries.page_script import SCAN
from queries.pages import CoalescedPages, OtherGeneration, Question
from queries.plan import Plan, plan_of, standard_plan
from queries.planner import choose, index_for
from queries.query import Query
from queries.room import Room
from queries.scan import scan
from queries.standing import Standing
from queries.table import Source, Table
from queries.travel import travel
from queries.unserved import why_none

SCAN_LIMIT = 10_000
SCAN_MIB = 64
SCAN_BYTES = SCAN_MIB * 1024 * 1024
SCANS_BYTES = 4 * SCAN_BYTES
"""What is looked through at one time may have so many together, as far as the time before can tell."""

SCANNED_AT_LEAST = 1024 * 1024
"""So many are reckoned with also where it was less, as it may have grown since."""

SCAN_MARK = b"\0" * MARK_BYTES


@dataclass(slots=True, eq=False)
class Page:
    """A page: the final bytes of its items, and the cursor of the next page.

    count:   how many there are in all, None where that was not asked.
    plan:    the index that was used, None for a scan.
    entries: how many entries of an index, or rows, were looked at for it.
    """

    items: list[bytes]
    next: str | None
    standing: Standing
    count: int | None = None
    plan: str | None = None
    entries: int = 0


class _Begin(NamedTuple):
    """Where a page begins: a mark of the order that its cursor belongs to, and the place in it."""

    mark: bytes
    place: bytes


class Lists:
    """Answers lists from the live generations. Which are live is learned from the answers themselves."""

    def __init__(
        self,
        pages: CoalescedPages,
        cursors: Cursors,
        scan_limit: int = SCAN_LIMIT,
        room: Room | None = None,
    ) -> None:
        """scan_limit: how many rows, of 64 MiB at most, are looked through where no index serves.

        room: for what all that share it look through at one time; of SCANS_BYTES unless it is given.
        """
        self._pages = pages
        self._cursors = cursors
        self._scan_limit = scan_limit
        self._tables: dict[str, Table] = {}
        self._room = room or Room(SCANS_BYTES)
        self._scanned_bytes: dict[str, int] = {}

    async def page(self, source: Source, query: Query) -> Page:
        """A page. Raises QueryInvalid, IndexNeeded, IndexBuilding, ProjectionsAbsent, ReadUnavailable."""
        while True:
            table = self._tables.get(source.name)
            if table is None or not table.generation:
                table = source.table("", Shape(source.declared, {}))
            try:
                return await self._answer(source, table, query)
            except OtherGeneration as other:
                shape = EMPTY if other.shape is None else read_shape(other.shape)
                self._tables[source.name] = source.table(other.generation, shape)

    async def _answer(self, source: Source, table: Table, query: Query) -> Page:
        plan = self._plan(source, table, query)
        begin = None
        if query.cursor is not None:
            place = self._cursors.open(_sealed_for(source, query), query.cursor)
            begin = _Begin(place[:MARK_BYTES], place[MARK_BYTES:])
            plan = _plan_begun(table, query, plan, begin.mark)
        if plan is None:
            return await self._scanned(source, table, query, b"" if begin is None else begin.place)
        found = await travel(self._pages, source, table, plan, query, None if begin is None else begin.place)
        items = source.bodies(found.rows)
        following = None if found.ends is None else self._seal(source, query, plan.order.mark, found.ends)
        if query.fields is not None:
            items = source.select(items, query.fields)
        return Page(items, following, found.standing, found.count, plan.order.name, found.entries)

    def _plan(self, source: Source, table: Table, query: Query) -> Plan | None:
        """How to answer a query by an index of a generation; None where none serves."""
        kept = query.kept.get(source.name)
        if kept is None or kept[0] is not table:
            kept = query.kept[source.name] = table, _plan(table, query)
        plan: Plan | None = kept[1]
        return plan

    async def _scanned(self, source: Source, table: Table, query: Query, after: bytes) -> Page:
        asked = packed((source.collection, table.generation, SCAN, table.rows, self._scan_limit, SCAN_BYTES))
        async with self._room_for(source):
            told = await self._pages.ask(Question(table.generation, asked, self._scan_limit))
            size, rows = told.parts or (0, [])
            is_many = size > self._scan_limit
            self._remember(source, SCAN_BYTES if rows is None and not is_many else sum(map(len, rows or ())))
            if rows is None:
                large = "" if is_many else f" of more than {SCAN_MIB} MiB"
                raise _unscannable(source, table, query, f"{size:,} documents{large}")
            found, count = await scan(source, query, rows, after)
        following = None
        if len(found) > query.limit:
            following = self._seal(source, query, SCAN_MARK, found[query.limit - 1].place)
        items = source.bodies([each.row for each in found[: query.limit]])
        if query.fields is not None:
            items = source.select(items, query.fields)
        return Page(items, following, told.standing, count if query.count else None, None, size)

    def _room_for(self, source: Source) -> AbstractAsyncContextManager[None]:
        """Room for as much as was looked through the time before, or may be. Raises ReadUnavailable."""
        return self._room.of(self._scanned_bytes.get(source.name, SCAN_BYTES))

    def _remember(self, source: Source, size: int) -> None:
        self._scanned_bytes[source.name] = max(size, SCANNED_AT_LEAST)

    def _seal(self, source: Source, query: Query, mark: bytes, place: bytes) -> str:
        return self._cursors.seal(_sealed_for(source, query), mark + place)


def _sealed_for(source: Source, query: Query) -> str:
    return f"{source.name} {query.identity}"


def _plan(table: Table, query: Query) -> Plan | None:
    if not query.where and not query.sort:
        return standard_plan(table.standard, backwards=table.standard_backwards)
    where = constraints_of(query.where)
    if (chosen := table.choice(where, query.sort)) is not None:
        return plan_of(chosen, where)
    standard = None if where else choose((table.standard.index,), where, query.sort)
    return None if standard is None else standard_plan(table.standard, backwards=standard[1].backwards)


def _plan_begun(table: Table, query: Query, plan: Plan | None, mark: bytes) -> Plan | None:
    """The plan by the order that the pages before were made by. Raises QueryInvalid where it is no more."""
    if mark == SCAN_MARK:
        return None
    if plan is not None and plan.order.mark == mark:
        return plan
    where = constraints_of(query.where)
    for order in table.orders.values():
        if order.mark == mark and (chosen := choose((order.index,), where, query.sort)) is not None:
            return plan_of(course_of(order, chosen[1], whole=not where), where)
    raise QueryInvalid("cursor", "belongs to an index that is no more; begin again without it")


def _unscannable(source: Source, table: Table, query: Query, too_much: str) -> Exception:
    """What to say where no index serves and there is too much to look through."""
    where = constraints_of(query.where)
    if query.cursor is not None and _plan(table, query) is not None:
        return QueryInvalid("cursor", "was made while there was no index for this; begin again without it")
    declared = choose(source.declared, where, query.sort)
    if declared is not None:
        return IndexBuilding(source.name, declared[0].name)
    index = index_for(where, query.sort)
    if index is None:
        parameter, why = why_none(where, query.sort)
        return QueryInvalid(parameter, f"{why}, and {too_much} are too many to look through")
    return IndexNeeded(source.name, too_much, tuple(map(str, index.fields)))

"""Travelling along an index: asking for a page of it, and telling apart several entries of one row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from projections.entries import ONE_OF_SEVERAL, entries_of, key_of_member
from queries.course import Course
from queries.errors import QueryInvalid
from queries.packing import Argument, array, elements
from queries.page_script import MOST_COUNTED, PAGE, TOO_MANY
from queries.pages import CoalescedPages, Question, Told
from queries.plan import Plan, Stretch
from queries.planner import Way
from queries.query import Query
from queries.standing import Standing
from queries.table import Source, Table

MOST_ENTRIES = 8000
"""So many entries are looked at for one page; with fewer rows in them than asked for, the page is shorter."""
MOST_BYTES = 16 * 1024 * 1024
"""No more rows are read for a page when those it has are so large together."""

AT_ONCE = 20
"""So many rows are read before they are measured."""

Key = tuple[int, bool, int]
"""By which questions along one course differ: how many rows, whether to count, and of how many bytes."""

_MORE = 4
_TOO_MANY = (
    f"would go through more than {MOST_COUNTED:,} elements of arrays, one by one; "
    "ask for one element, for less of them, or without it"
)
_NOTHING = ("",)


@dataclass(slots=True, eq=False)
class Travelled:
    """What was found. `ends`: the member behind which the next page begins, None where there is none."""

    rows: Sequence[bytes]
    ends: bytes | None
    count: int | None
    entries: int
    standing: Standing


async def travel(
    pages: CoalescedPages,
    source: Source,
    table: Table,
    plan: Plan,
    query: Query,
    place: bytes | None,
    most: int | None = None,
) -> Travelled:
    """A page along `plan`, from behind `place` on. Raises as `CoalescedPages.ask`, and QueryInvalid.

    most: no more rows are read when those there are have so many bytes together; MOST_BYTES unless given.
    """
    stretches = plan.stretches if place is None else plan.after(place)
    wanted = query.limit
    while True:
        key = wanted, query.count, most or MOST_BYTES
        told = await pages.ask(_question(source, table, plan, key, stretches))
        if not told.parts:
            return Travelled((), None, 0 if query.count else None, 0, told.standing)
        count, entries, ends, rows, members = told.parts
        if count == TOO_MANY:
            raise QueryInvalid("count", _TOO_MANY)
        if members is None:
            return Travelled(rows, ends, count, entries, told.standing)
        found = _told_apart(source, plan, query.limit, wanted, told)
        if found is not None:
            return found
        wanted = min(wanted * _MORE, MOST_ENTRIES)


def _told_apart(source: Source, plan: Plan, limit: int, wanted: int, told: Told) -> Travelled | None:
    """The page, each row once; None where more entries must be looked at for it."""
    count, entries, ends, rows, members = told.parts
    first = _first_entry(source, plan)
    each = zip(members, _each(members, rows), strict=True)
    kept = [(member, row) for member, row in each if first(member, row) == member]
    is_full, is_all_there_may_be = len(kept) > limit, ends is None or len(members) <= wanted
    if not is_full and not is_all_there_may_be and wanted < MOST_ENTRIES:
        return None
    if is_full:
        ends = kept[limit - 1][0]
    return Travelled([row for _, row in kept[:limit]], ends, count, entries, told.standing)


def _each(members: Sequence[bytes], rows: Sequence[bytes]) -> Iterator[bytes]:
    """The row of each member: it is told for the first of them that is of it."""
    told: dict[bytes, bytes] = {}
    for member, row in zip(members, rows, strict=True):
        yield told.setdefault(key_of_member(member)[1], row)


def _first_entry(source: Source, plan: Plan) -> Callable[[bytes, bytes], bytes | None]:
    """What tells, of an entry and its row, the entry that the row is answered for: found once for each row."""
    entries, found = entries_of(plan.order.index), dict[bytes, bytes | None]()

    def first(member: bytes, row: bytes) -> bytes | None:
        if member[-3:-2] != ONE_OF_SEVERAL:
            return member
        id = key_of_member(member)[1]
        if id not in found:
            found[id] = plan.first(entries(id.decode(), source.document(row)))
        return found[id]

    return first


def _question(source: Source, table: Table, plan: Plan, key: Key, stretches: Sequence[Stretch]) -> Question:
    """The question for a page. Those for first pages of one plan are all the same, and kept with it."""
    if stretches is not plan.stretches:
        asked = _asked(source, table, plan, key, ("place", *_flat(stretches)))
    elif (asked := plan.questions.get(key, b"")) == b"":
        asked = plan.questions[key] = _asked(source, table, plan, key, _NOTHING)
    return Question(table.generation, asked, key[0])


def _asked(source: Source, table: Table, plan: Plan, key: Key, rest: Sequence[Argument]) -> bytes:
    """A question, packed. What is the same in those that differ in values alone is kept with the course."""
    frame = plan.course.frames.get(key)
    if frame is None:
        begin, end = _begin(source, table, plan.course), _end(plan.course, *key)
        frame = plan.course.frames[key] = elements(begin), elements(end), len(begin) + len(end)
    first, last, count = frame
    values = _flat(plan.stretches)
    return array(count + len(values) + len(rest), first + elements(values) + last + elements(rest))


def _begin(source: Source, table: Table, course: Course) -> list[Argument]:
    order, way = course.order, course.way
    surplus = "" if course.unique else order.surplus
    return [
        *(source.collection, table.generation, PAGE, table.rows, order.key, order.head, surplus),
        *(way.fixed, way.constrained, len(order.index.fields)),
    ]


def _end(course: Course, wanted: int, is_counted: bool, most: int) -> list[Argument]:
    counting = "rows" if course.whole else "entries"
    return [
        "REV" if course.way.backwards else "",
        *(_merging(course.way) if course.way.merged else _NOTHING),
        *(wanted, AT_ONCE, most, counting if is_counted else ""),
    ]


def _merging(way: Way) -> list[Argument]:
    merging: list[Argument] = ["merge", len(way.spliced)]
    for field, behind, turned in way.spliced:
        merging += (field, behind, int(turned))
    return merging


def _flat(stretches: Sequence[Stretch]) -> list[Argument]:
    flat: list[Argument] = [len(stretches)]
    for stretch in stretches:
        flat += stretch
    return flat

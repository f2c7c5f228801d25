"""Travelling along an index: asking for a page of it, and telling apart several entries of one row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from projections.entries import ONE_OF_SEVERAL, entries_of, key_of_member
from queries.packing import Argument, packed
from queries.page_script import PAGE
from queries.pages import CoalescedPages, Question, Told
from queries.plan import Plan, Stretch
from queries.query import Query
from queries.standing import Standing
from queries.table import Source, Table

MOST_ENTRIES = 8000
"""So many entries are looked at for one page; with fewer rows in them than asked for, the page is shorter."""
_MORE = 4
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
    pages: CoalescedPages, source: Source, table: Table, plan: Plan, query: Query, place: bytes | None
) -> Travelled:
    """A page along `plan`, from behind `place` on. Raises as `CoalescedPages.ask`."""
    stretches = plan.stretches if place is None else plan.after(place)
    wanted = query.limit
    while True:
        told = await pages.ask(_question(source, table, plan, query, stretches, wanted))
        if not told.parts:
            return Travelled((), None, 0 if query.count else None, 0, told.standing)
        count, entries, ends, rows, members = told.parts
        if members is None:
            return Travelled(rows, ends, count, entries, told.standing)
        found = _told_apart(source, plan, query.limit, wanted, told)
        if found is not None:
            return found
        wanted = min(wanted * _MORE, MOST_ENTRIES)


def _told_apart(source: Source, plan: Plan, limit: int, wanted: int, told: Told) -> Travelled | None:
    """The page, each row once; None where more entries must be looked at for it."""
    count, entries, _, rows, members = told.parts
    first = _first_entry(source, plan)
    kept = [(member, row) for member, row in zip(members, rows, strict=True) if first(member, row) == member]
    is_end, is_full = len(members) <= wanted, len(kept) > limit
    if not is_full and not is_end and wanted < MOST_ENTRIES:
        return None
    ends = kept[limit - 1][0] if is_full else None if is_end else members[-1]
    return Travelled([row for _, row in kept[:limit]], ends, count, entries, told.standing)


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


def _question(
    source: Source, table: Table, plan: Plan, query: Query, stretches: Sequence[Stretch], wanted: int
) -> Question:
    """The question for a page. Those for first pages of one plan are all the same, and kept with it."""
    key = wanted, query.count
    asked = plan.questions.get(key) if stretches is plan.stretches else None
    if asked is None:
        asked = packed(_arguments(source, table, plan, query, stretches, wanted))
        if stretches is plan.stretches:
            plan.questions[key] = asked
    return Question(table.generation, asked, wanted)


def _arguments(
    source: Source, table: Table, plan: Plan, query: Query, stretches: Sequence[Stretch], wanted: int
) -> list[Argument]:
    order = plan.order
    surplus = "" if plan.unique else order.surplus
    return [
        *(source.collection, table.generation, PAGE, table.rows, order.key, order.head, surplus),
        *(plan.fixed, plan.constrained, len(order.index.fields), *_flat(plan.stretches)),
        "REV" if plan.backwards else "",
        *(_merging(plan) if plan.merged else _NOTHING),
        wanted,
        *(_NOTHING if stretches is plan.stretches else ("place", *_flat(stretches))),
        ("rows" if plan.whole else "entries") if query.count else "",
    ]


def _merging(plan: Plan) -> list[Argument]:
    merging: list[Argument] = ["merge", len(plan.spliced)]
    for field, behind, turned in plan.spliced:
        merging += (field, behind, int(turned))
    return merging


def _flat(stretches: Sequence[Stretch]) -> list[Argument]:
    flat: list[Argument] = [len(stretches)]
    for stretch in stretches:
        flat += stretch
    return flat

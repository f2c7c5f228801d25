"""From what is known of the groups of a view, and what changes in them, to what changes in Redis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from projections.encoding import turned_over
from projections.entries import member_of
from projections.indexing import Members
from projections.views.deltas import Delta, Deltas
from projections.views.measures import Measured, Measures, sort_key
from projections.views.prepared import Prepared
from projections.views.rows import Group, Total, nobody, read_group, write_row
from projections.views.sums import plus
from projections.views.turnover import NOTHING_ASKED, Remaining, Turnover, following, turnover

Place = tuple[bytes, str]
"""The key of a group, and a path whose values are kept."""


@dataclass(slots=True)
class Values:
    """What changes in the values of one path. `counts` and `gone` by group id + value, `order` likewise."""

    counts: dict[bytes, int] = field(default_factory=dict)
    gone: list[bytes] = field(default_factory=list)
    order: Members = field(default_factory=Members)


@dataclass(slots=True)
class ViewChanges:
    """What a batch changes in one view: rows by group id, orders of rows by name, values by path.

    Every touched group is among the rows, also one that stays as it is: who else is changing this view notices.
    """

    view: Prepared
    written: dict[bytes, bytes] = field(default_factory=dict)
    removed: list[bytes] = field(default_factory=list)
    orders: dict[str, Members] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of the groups that a batch touches: their rows, and counts of the values it changes."""

    rows: Mapping[bytes, bytes]
    counts: Mapping[Place, Mapping[bytes, int]]


Turnovers = Mapping[Place, Turnover]


def turnovers(deltas: Deltas, known: Known) -> Turnovers:
    """What happens to the values of each path in each group."""
    return {
        (key, path): turnover(known.counts.get((key, path), {}), changed)
        for key, delta in deltas.groups.items()
        for path, changed in zip(deltas.view.valued, delta.values, strict=True)
        if changed
    }


def view_changes(
    deltas: Deltas, known: Known, turned: Turnovers, remaining: Mapping[Place, Remaining]
) -> ViewChanges:
    """What changes in a view. remaining: for every place that lost its least or its greatest value."""
    view = deltas.view
    changes = ViewChanges(view, orders={name: Members() for name in view.orders})
    changes.values = {path: Values() for path in view.valued}
    measures = Measures(view)
    for key, delta in deltas.groups.items():
        row = known.rows.get(key)
        before = nobody(len(view.summed), len(view.valued)) if row is None else read_group(row)
        after = _group_after(key, view, before, delta, turned, remaining)
        _change_row(changes, measures, key, delta, None if row is None else before, after)
    for (key, path), change in turned.items():
        _change_values(changes.values[path], deltas.groups[key].id, change, ordered=path in view.ordered)
    return changes


def _group_after(
    key: bytes,
    view: Prepared,
    before: Group,
    delta: Delta,
    turned: Turnovers,
    remaining: Mapping[Place, Remaining],
) -> Group:
    totals = [
        Total(plus(total.sum, added), total.numbers + numbers)
        for total, added, numbers in zip(before.totals, delta.totals, delta.numbers, strict=True)
    ]
    spreads = list(before.spreads)
    for place, path in enumerate(view.valued):
        if change := turned.get((key, path)):
            left = remaining.get((key, path), NOTHING_ASKED)
            spreads[place] = following(spreads[place], change, left, ordered=path in view.ordered)
    return Group(before.documents + delta.documents, tuple(totals), tuple(spreads))


def _change_row(
    changes: ViewChanges, measures: Measures, key: bytes, delta: Delta, before: Group | None, after: Group
) -> None:
    view = changes.view
    old = [] if before is None else _members(view, delta, key, measures.of(before))
    new: list[bytes] = []
    if after.documents:
        measured = measures.of(after)
        new = _members(view, delta, key, measured)
        changes.written[delta.id] = write_row(after, measures.row(delta.columns, measured))
    elif before is not None:
        changes.removed.append(delta.id)
    for place, order in enumerate(changes.orders.values()):
        order.move(old[place : place + 1], new[place : place + 1])


def _members(view: Prepared, delta: Delta, key: bytes, measured: Iterable[Measured]) -> list[bytes]:
    """Where a row stands in the orders of its view; ties go by what is left of the group."""
    keys = [column.key for column in delta.columns]
    by_groups = [b"".join((keys[place], *keys[:place], *keys[place + 1 :])) for place in range(len(keys))]
    sorting = [sort_key(value) for value in measured]
    by_measures = [value + key for value in sorting]
    columns = [*keys, *sorting]
    declared = [
        b"".join([turned_over(columns[place]) if turned else columns[place] for place, turned in order])
        for order in view.declared
    ]
    return [member_of(start, delta.id) for start in (*by_groups, *by_measures, *declared)]


def _change_values(values: Values, id: bytes, change: Turnover, *, ordered: bool) -> None:
    for value, count in change.counts.items():
        if count:
            values.counts[id + value] = count
    values.gone += [id + value for value in change.went]
    if ordered:
        values.order.added += [id + value for value in change.came]
        values.order.removed += [id + value for value in change.went]

"""However documents come, change, move and go: each view is what a recomputation gives, to the last digit."""

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.declared import Group, Measure, View
from events.document import ABSENT, Absent, Present
from projections.entries import key_of_member
from projections.fold import Touched
from projections.views.changes import GROUP_ORDER, Known, Place, ViewChanges, turnovers, view_changes
from projections.views.deltas import Deltas
from projections.views.measures import sort_key
from projections.views.prepared import Prepared
from projections.views.rows import ID_BYTES, group_id, read_body
from projections.views.turnover import Remaining
from tests.events.json_values import numbers as any_numbers
from tests.projections.documents import present
from tests.projections.views.recomputed import parsed, recomputed

IDS = ("ada", "bob", "cyd", "dan", "eve")
MEASURES = (
    Measure("n", "count", None),
    *(
        Measure(f"{kind}_{path}", kind, path)
        for kind in ("sum", "avg", "min", "max", "distinct")
        for path in "ab"
    ),
)
GROUPS = (Group("a", "a", None, None), Group("of c", "c", None, None))

numbers = (
    st.sampled_from([0, -0.0, 1, 1.0, 0.1, 0.2, -0.3, 1e300, -1e300, 5e-324, 2**63 - 1, -(2**63)]) | any_numbers
)
texts = st.sampled_from(["", "a", "a\0", "a\0b", "ä\u2028", "1"])
values: st.SearchStrategy[Any] = numbers | texts | st.sampled_from([None, True, False, [], [1], {}])
bodies = st.fixed_dictionaries(
    {}, optional={"a": values, "b": values, "c": st.sampled_from([1, 1.0, "x", None])}
)
batches = st.lists(
    st.dictionaries(st.sampled_from(IDS), bodies | st.none(), min_size=1), min_size=1, max_size=8
)
views = st.builds(
    lambda groups, measures: View("v", tuple(groups), tuple(measures), ()),
    st.lists(st.sampled_from(GROUPS), unique=True),
    st.lists(st.sampled_from(MEASURES), min_size=1, unique=True),
)
Batch = dict[str, dict[str, Any] | None]


class KeptView:
    """What Redis would hold of a view, held to never adding twice nor removing what is not there."""

    def __init__(self, view: View) -> None:
        self.view = Prepared(view)
        self.documents: dict[str, Present | Absent] = {}
        self.rows: dict[bytes, bytes] = {}
        self.orders: dict[str, set[bytes]] = {}
        self.counts: dict[str, dict[bytes, int]] = {path: {} for path in self.view.valued}
        self.ordered: dict[str, set[bytes]] = {path: set() for path in self.view.valued}

    def apply(self, batch: Batch) -> None:
        after = {id: ABSENT if body is None else present(body) for id, body in batch.items()}
        deltas = Deltas(self.view)
        deltas.take([Touched(id, self.documents.get(id, ABSENT), after[id], None, None) for id in after])
        self.documents |= after
        known = self._known(deltas)
        turned = turnovers(deltas, known)
        remaining = {place: self._remaining(place, len(change.went) + 1) for place, change in turned.items()}
        self._take(view_changes(deltas, known, turned, remaining))

    def _known(self, deltas: Deltas) -> Known:
        ids = {key: group_id(key) for key in deltas.groups}
        rows = {key: self.rows[id] for key, id in ids.items() if id in self.rows}
        counts: dict[Place, dict[bytes, int]] = {}
        for path, kept in self.counts.items():
            for key, id in ids.items():
                counts[key, path] = {
                    member[ID_BYTES:]: count for member, count in kept.items() if member[:ID_BYTES] == id
                }
        return Known(rows, counts)

    def _remaining(self, place: Place, enough: int) -> Remaining:
        key, path = place
        found = sorted(member[ID_BYTES:] for member in self.ordered[path] if member[:ID_BYTES] == group_id(key))
        return Remaining(found[:enough], found[::-1][:enough])

    def _take(self, changes: ViewChanges) -> None:
        self.rows |= changes.written
        for id in changes.removed:
            del self.rows[id]
        for name, order in changes.orders.items():
            _move(self.orders.setdefault(name, set()), order.added, order.removed)
        for path, values in changes.values.items():
            _move(self.ordered[path], values.order.added, values.order.removed)
            for member in values.gone:
                del self.counts[path][member]
            self.counts[path] |= values.counts

    def in_order(self, name: str) -> list[dict[str, Any]]:
        ids = [key_of_member(member)[1] for member in sorted(self.orders.get(name, ()))]
        return [json.loads(read_body(self.rows[id]), parse_float=Decimal) for id in ids]


def _move(members: set[bytes], added: list[bytes], removed: list[bytes]) -> None:
    assert set(removed) <= members
    assert not set(added) & members
    members -= set(removed)
    members |= set(added)


@settings(max_examples=300, deadline=None)
@given(views, batches)
def test_any_history_of_documents_leaves_what_a_recomputation_gives(view: View, history: list[Batch]) -> None:
    kept = KeptView(view)
    for batch in history:
        kept.apply(batch)
    bodies = [document.body for document in kept.documents.values() if isinstance(document, Present)]
    assert [parsed(row, view) for row in kept.in_order(GROUP_ORDER)] == recomputed(view, bodies)


@settings(max_examples=150, deadline=None)
@given(views, batches)
def test_what_is_kept_does_not_tell_how_it_came_about(view: View, history: list[Batch]) -> None:
    kept, anew = KeptView(view), KeptView(view)
    for batch in history:
        kept.apply(batch)
    anew.apply({id: found.body if isinstance(found, Present) else None for id, found in kept.documents.items()})
    assert kept.rows == anew.rows
    assert {name: order for name, order in kept.orders.items() if order} == {
        name: order for name, order in anew.orders.items() if order
    }
    assert kept.counts == anew.counts
    if any(measure.kind in ("min", "max") for measure in view.measures):
        assert {path: kept.ordered[path] for path in kept.view.ordered} == {
            path: set(anew.counts[path]) for path in kept.view.ordered
        }


@settings(max_examples=150, deadline=None)
@given(views, batches)
def test_rows_sort_by_every_measure(view: View, history: list[Batch]) -> None:
    kept = KeptView(view)
    for batch in history:
        kept.apply(batch)
    for measure in view.measures:
        found = [row[measure.name] for row in kept.in_order(measure.name)]
        assert len(found) == len(kept.rows)
        for one, next in pairwise(found):
            assert _is_before(one, next)


def _is_before(one: Any, next: Any) -> bool:
    if type(one) in (int, Decimal) and type(next) in (int, Decimal):
        return one <= next or float(one) == float(next)
    return sort_key(one)[:1] <= sort_key(next)[:1] and (
        type(one) is not type(next) or one is None or one <= next
    )


def test_a_group_disappears_with_its_last_document() -> None:
    kept = KeptView(View("v", GROUPS[:1], MEASURES, ()))
    kept.apply({"ada": {"a": 1}, "bob": {"a": 1.0}})
    kept.apply({"ada": None})
    assert [row["a"] for row in kept.in_order(GROUP_ORDER)] == [1]
    kept.apply({"bob": {"a": 2}})
    assert [row["a"] for row in kept.in_order(GROUP_ORDER)] == [2]
    kept.apply({"bob": None})
    assert kept.rows == {}
    assert not any(kept.orders.values())
    assert kept.counts == {"a": {}, "b": {}}


def test_what_was_added_and_taken_back_leaves_nothing_of_a_sum() -> None:
    kept = KeptView(View("v", (), (Measure("sum", "sum", "a"), Measure("avg", "avg", "a")), ()))
    kept.apply({"ada": {"a": 0.1}, "bob": {"a": 1e300}, "cyd": {"a": 0.2}})
    kept.apply({"bob": {"a": 2**63 - 1}})
    [row] = kept.in_order(GROUP_ORDER)
    assert row["sum"] == Decimal("9223372036854775807.3")
    kept.apply({"bob": None})
    [written] = kept.rows.values()
    assert read_body(written) == b'{"sum":0.3,"avg":0.15}'

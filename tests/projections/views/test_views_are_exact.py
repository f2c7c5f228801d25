"""However documents come, change, move and go: each view is what a recomputation gives, to the last digit."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.declared import Group, Index, IndexField, Measure, View
from events.document import Present
from projections.views.measures import sort_key
from projections.views.rows import read_body
from tests.events.json_values import numbers as any_numbers
from tests.projections.views.kept import Batch, KeptView
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


@st.composite
def declared_views(draw: st.DrawFn) -> View:
    """Views by some groups, of some measures, with some orders of any of these columns."""
    groups = draw(st.lists(st.sampled_from(GROUPS), unique=True))
    measures = draw(st.lists(st.sampled_from(MEASURES), min_size=1, unique=True))
    columns = [*(group.name for group in groups), *(measure.name for measure in measures)]
    fields = st.lists(
        st.builds(IndexField, st.sampled_from(columns), st.booleans()),
        min_size=2,
        max_size=4,
        unique_by=lambda field: field.path,
    )
    orders = draw(st.lists(fields, max_size=2, unique_by=str)) if len(columns) > 1 else []
    return View("v", tuple(groups), tuple(measures), (), tuple(Index(tuple(order)) for order in orders))


views = declared_views()


@given(views, batches)
def test_any_history_of_documents_leaves_what_a_recomputation_gives(view: View, history: list[Batch]) -> None:
    kept = KeptView(view)
    for batch in history:
        kept.apply(batch)
    bodies = [document.body for document in kept.documents.values() if isinstance(document, Present)]
    assert [parsed(row, view) for row in kept.in_order(kept.view.orders[0])] == recomputed(view, bodies)


@given(views, batches)
def test_what_is_kept_does_not_tell_how_it_came_about(view: View, history: list[Batch]) -> None:
    kept, anew = KeptView(view), KeptView(view)
    for batch in history:
        kept.apply(batch)
    anew.apply({id: found.body if isinstance(found, Present) else None for id, found in kept.documents.items()})
    assert kept.rows == anew.rows
    assert kept.orders == anew.orders
    assert kept.counts == anew.counts
    if any(measure.kind in ("min", "max") for measure in view.measures):
        assert {path: kept.ordered[path] for path in kept.view.ordered} == {
            path: set(anew.counts[path]) for path in kept.view.ordered
        }


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


@given(views, batches)
def test_rows_sort_as_orders_are_declared(view: View, history: list[Batch]) -> None:
    kept = KeptView(view)
    for batch in history:
        kept.apply(batch)
    names = [group.name for group in view.groups]
    for order in view.orders:
        found = kept.in_order(order.name)
        assert len(found) == len(kept.rows)
        last = order.fields[-1].descending
        rest = [name for name in names if name not in {field.path for field in order.fields}]
        fields = [*order.fields, *(IndexField(name, last) for name in rest)]
        for pair in pairwise(found):
            told = ((sort_key(row[field.path]) for row in pair) for field in fields)
            turned = [
                (next_key, key) if field.descending else (key, next_key)
                for field, (key, next_key) in zip(fields, told, strict=True)
            ]
            differing = [one < other for one, other in turned if one != other]
            assert differing
            assert differing[0]


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
    assert [row["a"] for row in kept.in_order(kept.view.orders[0])] == [1]
    kept.apply({"bob": {"a": 2}})
    assert [row["a"] for row in kept.in_order(kept.view.orders[0])] == [2]
    kept.apply({"bob": None})
    assert kept.rows == {}
    assert not any(kept.orders.values())
    assert kept.counts == {"a": {}, "b": {}}


def test_what_was_added_and_taken_back_leaves_nothing_of_a_sum() -> None:
    kept = KeptView(View("v", (), (Measure("sum", "sum", "a"), Measure("avg", "avg", "a")), ()))
    kept.apply({"ada": {"a": 0.1}, "bob": {"a": 1e300}, "cyd": {"a": 0.2}})
    kept.apply({"bob": {"a": 2**63 - 1}})
    [row] = kept.in_order("sum")
    assert row["sum"] == Decimal("9223372036854775807.3")
    kept.apply({"bob": None})
    [written] = kept.rows.values()
    assert read_body(written) == b'{"sum":0.3,"avg":0.15}'

"""A view made ready: what it takes from a document, and where each measure finds what it needs.

Measures of one path share what is kept: sum and avg a total, min, max and distinct the values.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from catalog.declared import Index, IndexField, Measure, View
from events.document import Present
from projections.encoding import encode
from projections.matching import compile
from projections.paths import reader
from projections.views.groups import Column, GroupField
from projections.views.values import SCALARS

_NUMBERS = frozenset((int, float))
MOST_PREPARED = 1000
SUMMING, VALUING, ORDERING = ("sum", "avg"), ("min", "max", "distinct"), ("min", "max")


class Contribution(NamedTuple):
    """What one document brings to its group.

    numbers: of each summed path, None where there is none.
    values:  of each path whose values are kept, encoded; None where there is none.
    """

    key: bytes
    columns: Sequence[Column]
    numbers: tuple[float | None, ...]
    values: tuple[bytes | None, ...]


class Prepared:
    """Made once of a view.

    orders: the names of the orders of its rows: by each field of its groups first, by each measure, and those
            that are declared.
    declared: of the declared ones, the places of their columns, and whether each is turned over.
    summed, valued: paths, each once; ordered: some of `valued`.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.measures = tuple(measure.name for measure in view.measures)
        self.orders = (*group_orders(view), *self.measures, *(order.name for order in view.orders))
        self.declared = [_places(view, whole(view, order)) for order in view.orders]
        self.summed = _paths(view, SUMMING)
        self.valued = _paths(view, VALUING)
        self.ordered = _paths(view, ORDERING)
        self._matches = compile(view.where)
        self._fields = [GroupField(group).column for group in view.groups]
        self._summed = [reader(path) for path in self.summed]
        self._valued = [reader(path) for path in self.valued]

    def contribution(self, id: str, document: Present) -> Contribution | None:
        """What a document brings; None where the view does not count it."""
        if not self._matches(id, document):
            return None
        columns = [column(id, document) for column in self._fields]
        return Contribution(
            b"".join([column.key for column in columns]),
            columns,
            tuple([_number(read(id, document)) for read in self._summed]),
            tuple([_value(read(id, document)) for read in self._valued]),
        )


def prepared(view: View) -> Prepared:
    """A view made ready, once. By identity, since a condition on 1 equals one on true."""
    known = _PREPARED.get(id(view))
    if known is None or known.view is not view:
        if len(_PREPARED) >= MOST_PREPARED:
            _PREPARED.clear()
        known = _PREPARED[id(view)] = Prepared(view)
    return known


def _number(value: Any) -> float | None:
    return value if type(value) in _NUMBERS else None


def _value(value: Any) -> bytes | None:
    return encode(value) if value is not None and type(value) in SCALARS else None


def group_orders(view: View) -> list[str]:
    """The names of the orders by groups: "0" by the first field first, "1" by the second first, and so on."""
    return [str(place) for place in range(len(view.groups))]


def whole(view: View, order: Index) -> Index:
    """A declared order to its end: with what it leaves of the groups, in the direction of its last field."""
    named, last = {field.path for field in order.fields}, order.fields[-1].descending
    rest = (IndexField(group.name, last) for group in view.groups if group.name not in named)
    return Index((*order.fields, *rest))


def _places(view: View, order: Index) -> list[tuple[int, bool]]:
    columns = [*(group.name for group in view.groups), *(measure.name for measure in view.measures)]
    return [(columns.index(field.path), field.descending) for field in order.fields]


def _paths(view: View, kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_path(measure) for measure in view.measures if measure.kind in kinds))


def _path(measure: Measure) -> str:
    assert measure.path is not None
    return measure.path


_PREPARED: dict[int, Prepared] = {}

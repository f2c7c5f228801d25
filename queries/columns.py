"""The columns of a view: what queries call them, and the places they have in its rows.

A column may be called `customer.country`, which is one name here and no path. So queries are translated to
places (`c0`, `c1`, …: groups first, then measures) before anything is done with them.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson

from catalog.declared import Condition, IndexField, Measure, View
from catalog.names import nearest
from projections.views.sums import sortable
from queries.errors import QueryInvalid
from queries.query import Query
from queries.texts import IsText

_INT64 = 2**63
_FIELD = re.compile(rb'"(?:[^"\\]|\\.)*":("(?:[^"\\]|\\.)*"|[^,}]*)')


class Columns:
    """The columns of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.names = (*(group.name for group in view.groups), *(measure.name for measure in view.measures))
        self.places = tuple(f"c{place}" for place in range(len(self.names)))
        self.place_of = dict(zip(self.names, self.places, strict=True))
        self.groups = self.places[: len(view.groups)]

    def query(self, asked: Query) -> Query:
        """The query by places, in an order that no two rows share. Raises QueryInvalid for unknown columns."""
        where = tuple(
            Condition(self._place(f"where[{each.path[:80]}]", each.path), each.operator, each.value)
            for each in asked.where
        )
        sort = [IndexField(self._place("sort", field.path), field.descending) for field in asked.sort]
        fields = None if asked.fields is None else tuple(self._place("fields", name) for name in asked.fields)
        return replace(asked, where=where, sort=tuple(self._completed(sort)), fields=fields)

    def address(self, asked: Query) -> Query:
        """The query as an address means it: no span of time is called `null`, so that is the group of null."""
        buckets = {group.name for group in self.view.groups if group.bucket}
        where = tuple(
            Condition(each.path, each.operator, _or_null(each.value))
            if each.path in buckets and each.operator in ("eq", "in")
            else each
            for each in asked.where
        )
        return replace(asked, where=where)

    def is_text(self, of_documents: IsText) -> IsText:
        """Which columns hold strings alone. of_documents: which paths of documents do."""
        texts = {group.name for group in self.view.groups if group.bucket or of_documents(group.path)}
        texts |= {measure.name for measure in self.view.measures if _is_text(measure, of_documents)}
        return texts.__contains__

    def name(self, place: str) -> str:
        """What the column at a place is called."""
        return self.names[self.places.index(place)]

    def values(self, body: bytes) -> dict[str, Any]:
        """A row by places; sums as near as 64 bits and doubles come."""
        try:
            found: Iterable[Any] = orjson.loads(body).values()
        except orjson.JSONDecodeError:  # sums beyond all doubles
            found = (_value(field[1]) for field in _FIELD.finditer(body))
        return {place: _comparable(value) for place, value in zip(self.places, found, strict=True)}

    def select(self, bodies: Iterable[bytes], places: Iterable[str]) -> list[bytes]:
        """Rows with some of their columns; these keep their order, and every digit."""
        wanted = set(places)
        return [self._selected(body, wanted) for body in bodies]

    def _selected(self, body: bytes, wanted: set[str]) -> bytes:
        fields = zip(self.places, _FIELD.finditer(body), strict=True)
        return b"{" + b",".join(field[0] for place, field in fields if place in wanted) + b"}"

    def _completed(self, sort: list[IndexField]) -> list[IndexField]:
        """Ties go by what is left of the groups, in the direction of the last field."""
        if not sort:
            return sort
        sorted_by = {field.path for field in sort}
        rest = [IndexField(place, sort[-1].descending) for place in self.groups if place not in sorted_by]
        return [*sort, *rest]

    def _place(self, parameter: str, name: str) -> str:
        if name not in self.place_of:
            reason = f"{name[:80]!r} is no column of the view; {nearest(name, self.names)}"
            raise QueryInvalid(parameter, reason)
        return self.place_of[name]


def _is_text(measure: Measure, of_documents: IsText) -> bool:
    return measure.kind in ("min", "max") and measure.path is not None and of_documents(measure.path)


def _or_null(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_or_null, value))
    return None if value == "null" else value


def _value(written: bytes) -> Any:
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return sortable(Decimal(written.decode()))


def _comparable(value: Any) -> Any:
    return float(value) if type(value) is int and not -_INT64 <= value < _INT64 else value

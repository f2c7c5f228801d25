"""Measures: what a group's row says, and how it sorts by that."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

import orjson

from catalog.declared import Measure
from projections.encoding import encode
from projections.views.groups import Column
from projections.views.prepared import Prepared
from projections.views.rows import Group
from projections.views.sums import Sum, quotient, sortable
from projections.views.values import Scalar

Measured: TypeAlias = Scalar | Sum
"""The value of a measure: None where it is over nothing."""


class Measures:
    """The measures of one view, in the order of its declaration."""

    def __init__(self, view: Prepared) -> None:
        self._measures = view.view.measures
        self._totals = {path: place for place, path in enumerate(view.summed)}
        self._spreads = {path: place for place, path in enumerate(view.valued)}
        self._names = [orjson.dumps(measure.name) + b":" for measure in self._measures]

    def of(self, group: Group) -> list[Measured]:
        """Every measure of a group."""
        return [self._one(measure, group) for measure in self._measures]

    def row(self, columns: Iterable[Column], measured: list[Measured]) -> bytes:
        """The row as readers get it: the fields of its group, then its measures."""
        fields = [name + _json(value) for name, value in zip(self._names, measured, strict=True)]
        return b"{" + b",".join([*(column.json for column in columns), *fields]) + b"}"

    def _one(self, measure: Measure, group: Group) -> Measured:
        kind, path = measure.kind, measure.path
        if path is None:
            return group.documents
        if kind in ("sum", "avg"):
            total = group.totals[self._totals[path]]
            if not total.numbers:
                return None
            return total.sum if kind == "sum" else quotient(total.sum, total.numbers)
        spread = group.spreads[self._spreads[path]]
        return {"min": spread.least, "max": spread.greatest, "distinct": spread.distinct}[kind]


def sort_key(measured: Measured) -> bytes:
    """The encoding that a row sorts by: sums as exactly as 64 bits and doubles tell them apart."""
    is_sum = type(measured) is Decimal or type(measured) is int
    return encode(sortable(measured) if is_sum else measured)  # type: ignore[arg-type]


def _json(measured: Measured) -> bytes:
    if type(measured) is Decimal or type(measured) is int:
        return str(measured).encode()
    return orjson.dumps(measured)

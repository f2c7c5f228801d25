"""Views computed anew from all documents, as plainly as can be: fractions, sets, and no bytes."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.declared import Measure, View

Body = dict[str, Any]
Row = dict[str, Any]


def recomputed(view: View, bodies: Iterable[Body]) -> list[Row]:
    """The rows of a view without conditions and buckets, in the order of their groups."""
    groups: dict[tuple[Any, ...], list[Body]] = {}
    for body in bodies:
        key = tuple(ordered(body.get(group.path)) for group in view.groups)
        groups.setdefault(key, []).append(body)
    return [_row(view, found) for _, found in sorted(groups.items())]


def ordered(value: Any) -> tuple[int, Any]:
    """Sorts as values do, and is equal only for equal ones; what is no scalar is null."""
    match value:
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
    return 0, None


def total(numbers: Iterable[Any]) -> Fraction:
    """The exact sum of the decimals that JSON would write."""
    return sum((Fraction(Decimal(repr(number))) for number in numbers), Fraction())


def _row(view: View, bodies: list[Body]) -> Row:
    groups = {group.name: plain(ordered(bodies[0].get(group.path))[1]) for group in view.groups}
    return groups | {measure.name: _measured(measure, bodies) for measure in view.measures}


def _measured(measure: Measure, bodies: list[Body]) -> Any:
    found = [ordered(body.get(measure.path or "")) for body in bodies]
    numbers = [value for kind, value in found if kind == 2]
    scalars = sorted(key for key in found if key[0])
    match measure.kind:
        case "count":
            return len(bodies)
        case "sum":
            return total(numbers) if numbers else None
        case "avg":
            return float(total(numbers) / len(numbers)) if numbers else None
        case "distinct":
            return len(set(scalars))
        case "min":
            return plain(scalars[0][1]) if scalars else None
        case _:
            return plain(scalars[-1][1]) if scalars else None


def plain(value: Any) -> Any:
    """Numbers as fractions, so that 1 is 1.0 however they are written."""
    return Fraction(value) if type(value) in (int, float) else value


def parsed(row: Row, view: View) -> Row:
    """A row of ours, read with `parse_float=Decimal`, as a recomputed one: sums to the last digit."""
    kinds = {measure.name: measure.kind for measure in view.measures}
    return {name: _parsed(value, kinds.get(name)) for name, value in row.items()}


def _parsed(value: Any, kind: str | None) -> Any:
    match kind, value:
        case "sum", int() | Decimal():
            return Fraction(value)
        case "avg", Decimal():
            return float(value)
        case _, Decimal():
            return Fraction(float(value))
    return plain(value)

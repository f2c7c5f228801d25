"""Views computed anew from all documents, as plainly as can be: fractions, sets, and no bytes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from catalog.declared import Condition, Group, Measure, View

Body = dict[str, Any]
Row = dict[str, Any]
MISSING = object()


def recomputed(view: View, bodies: Iterable[Body]) -> list[Row]:
    """The rows of a view, in the order of their groups. Paths are names of fields; buckets are days."""
    return [_row(view, found) for _, found in sorted(grouped(view, bodies).items())]


def grouped(view: View, bodies: Iterable[Body]) -> dict[tuple[Any, ...], list[Body]]:
    """The documents that a view counts, by their group."""
    groups: dict[tuple[Any, ...], list[Body]] = {}
    for body in filter(lambda body: is_counted(view, body), bodies):
        key = tuple(ordered(_named(group, body)) for group in view.groups)
        groups.setdefault(key, []).append(body)
    return groups


def is_counted(view: View, body: Body) -> bool:
    """Whether all conditions on each field hold for it, or for one element of an array."""
    by_path = groupby(sorted(view.where, key=attrgetter("path")), attrgetter("path"))
    return all(_holds_for_one(list(conditions), body.get(path, MISSING)) for path, conditions in by_path)


def _holds_for_one(conditions: list[Condition], value: Any) -> bool:
    some = value if type(value) is list and value else [value]
    return any(all(_holds(condition, each) for condition in conditions) for each in some)


def _holds(condition: Condition, value: Any) -> bool:
    if condition.operator == "exists":
        return (value is not MISSING) is condition.value
    assert condition.operator == "gte"
    found, bound = ordered(value), ordered(condition.value)
    return bool(found[0] == bound[0] and found >= bound)


def _named(group: Group, body: Body) -> Any:
    value = body.get(group.path)
    if group.bucket is None:
        return value
    assert group.bucket == "day"
    return _day(value, ZoneInfo(str(group.time_zone))) if type(value) is str else None


def _day(text: str, zone: ZoneInfo) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2013-01-01"):
        return date.fromisoformat(text).isoformat()
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(zone).date().isoformat()


def ordered(value: Any) -> tuple[int, Any]:
    """Sorts as values do, and is equal only for equal ones; what is no scalar is null."""
    match value:
        case bool():
            return 1, value
        case int() | float() | Fraction():
            return 2, value
        case str():
            return 3, value
    return 0, None


def total(numbers: Iterable[Any]) -> Fraction:
    """The exact sum of the decimals that JSON would write."""
    return sum((Fraction(Decimal(repr(number))) for number in numbers), Fraction())


def _row(view: View, bodies: list[Body]) -> Row:
    groups = {group.name: plain(ordered(_named(group, bodies[0]))[1]) for group in view.groups}
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

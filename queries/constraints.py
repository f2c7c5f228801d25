"""Constraints: what all conditions on one field come to, in the bytes that values are encoded to.

Either some points (values it may be equal to), or one span (an interval of values). Conditions that contradict
one another come to no points.
"""

from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any, NamedTuple

from catalog.declared import Condition
from projections.encoding import beyond, encode, encode_start, turned_over
from projections.paths import MISSING


class Edge(NamedTuple):
    """A place between values: before, or after, all whose encoding (ascending) begins with `start`."""

    start: bytes
    is_after: bool

    def at(self, descending: bool) -> bytes:
        """The place in the bytes of a field of that direction."""
        start = turned_over(self.start) if descending else self.start
        return beyond(start) if self.is_after is not descending else start


class Points(NamedTuple):
    """Values a field may be equal to, encoded, ascending, each once."""

    values: tuple[bytes, ...]

    def starts(self, descending: bool) -> Sequence[bytes]:
        """What entries of fitting values begin with, in the order of a field of that direction."""
        return [turned_over(value) for value in reversed(self.values)] if descending else self.values

    def bounds(self, descending: bool) -> list[tuple[bytes, bytes]]:
        """Where fitting values begin and end (exclusive), in the order of a field of that direction."""
        return [(start, beyond(start)) for start in self.starts(descending)]


class Span(NamedTuple):
    """All values between two places."""

    low: Edge
    high: Edge

    def bounds(self, descending: bool) -> list[tuple[bytes, bytes]]:
        """Where fitting values begin and end (exclusive), in the bytes of a field of that direction."""
        first, last = (self.high, self.low) if descending else (self.low, self.high)
        return [(first.at(descending), last.at(descending))]


Constraint = Points | Span

_EVERYTHING = b""


def _kind(least: bytes, most: bytes) -> tuple[Edge, Edge]:
    return Edge(least, False), Edge(most, True)


_KINDS = {
    NoneType: _kind(encode(None), encode(None)),
    bool: _kind(encode(False), encode(True)),
    int: _kind(encode(0)[:1], encode(0)[:1]),
    float: _kind(encode(0)[:1], encode(0)[:1]),
    str: _kind(encode_start(""), encode_start("")),
}


def constraints_of(where: Iterable[Condition]) -> dict[str, Constraint]:
    """What is asked of each path, in the order in which paths are named first."""
    found: dict[str, Constraint] = {}
    for condition in where:
        path, constraint = condition.path, _constraint(condition.operator, condition.value)
        found[path] = _both(found[path], constraint) if path in found else constraint
    return found


def _constraint(operator: str, value: Any) -> Constraint:
    match operator:
        case "eq":
            return Points((encode(value),))
        case "in":
            return Points(tuple(sorted({encode(each) for each in value})))
        case "prefix":
            start = encode_start(value)
            return Span(Edge(start, False), Edge(start, True))
        case "exists" if value:
            return Span(Edge(encode(MISSING), True), Edge(_EVERYTHING, True))
        case "exists":
            return Points((encode(MISSING),))
        case _:
            return _within_kind(operator, value)


def _within_kind(operator: str, value: Any) -> Constraint:
    low, high = _KINDS[type(value)]
    bound = encode(value)
    match operator:
        case "gt":
            low = Edge(bound, True)
        case "gte":
            low = Edge(bound, False)
        case "lt":
            high = Edge(bound, False)
        case "lte":
            high = Edge(bound, True)
    return _span(low, high)


def _both(one: Constraint, other: Constraint) -> Constraint:
    match one, other:
        case Points(values), _:
            return Points(tuple(value for value in values if _fits(other, value)))
        case _, Points(values):
            return Points(tuple(value for value in values if _fits(one, value)))
        case Span(low, high), Span(lower, higher):
            return _span(max(low, lower, key=_ascending), min(high, higher, key=_ascending))
    raise AssertionError


def _fits(constraint: Constraint, value: bytes) -> bool:
    return any(low <= value < high for low, high in constraint.bounds(False))


def _span(low: Edge, high: Edge) -> Constraint:
    return Span(low, high) if _ascending(low) < _ascending(high) else Points(())


def _ascending(edge: Edge) -> bytes:
    return edge.at(False)

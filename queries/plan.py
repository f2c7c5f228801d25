"""A plan: the stretches of a sorted set that answer a query, and how they are travelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.declared import IndexField
from projections.encoding import beyond, first, split, turned_over
from queries.constraints import Constraint, Points
from queries.course import Course, Order, standard_course
from queries.planner import Way


class Stretch(NamedTuple):
    """Members from `low` to `high` (exclusive), the first `ahead` bytes of which are all the same."""

    low: bytes
    high: bytes
    ahead: int


@dataclass(slots=True, eq=False)
class Plan:
    """A course, and the stretches of its order that a query's values come to.

    stretches: in the order they are travelled in; those merged are merged by what follows `ahead`.
    questions: those that were packed for its first page, by limit, whether to count, and bytes.
    """

    course: Course
    stretches: tuple[Stretch, ...]
    questions: dict[tuple[int, bool, int], bytes] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """What is travelled along."""
        return self.course.order

    @property
    def way(self) -> Way:
        """How it is travelled."""
        return self.course.way

    def after(self, place: bytes) -> tuple[Stretch, ...]:
        """What is left of the stretches behind the member `place`."""
        if not self.way.merged:
            moved = [_after(stretch, place, self.way.backwards) for stretch in self.stretches]
        else:
            of_place = next(each for each in self.stretches if place.startswith(each.low[: each.ahead]))
            rest, values = place[of_place.ahead :], self._values(of_place)
            moved = [self._merged_after(stretch, rest, values) for stretch in self.stretches]
        return tuple(stretch for stretch in moved if stretch.low < stretch.high)

    def first(self, members: Sequence[bytes]) -> bytes | None:
        """Of all entries of one row (ascending), the one that stands for it: the first fitting on the way."""
        fitting = [
            (stretch, member) for stretch in self.stretches for member in members if _holds(stretch, member)
        ]
        if not fitting:
            return None
        if self.way.merged:
            key = [self._key(stretch, member) for stretch, member in fitting]
            return fitting[key.index(max(key) if self.way.backwards else min(key))][1]
        return max(fitting)[1] if self.way.backwards else min(fitting)[1]

    def _merged_after(self, stretch: Stretch, rest: bytes, values: Sequence[bytes]) -> Stretch:
        """What is left of a stretch behind a member of any: its `rest`, and the `values` spliced into that."""
        head = stretch.low[: stretch.ahead]
        for each, mine, theirs in zip(self.way.spliced, self._values(stretch), values, strict=True):
            if mine != theirs:
                ahead = head + first(rest, each.behind)
                passed = (mine < theirs) is not self.way.backwards
                edge = beyond(ahead) if passed is not self.way.backwards else ahead
                return _between(stretch, edge, self.way.backwards)
        return _after(stretch, head + rest, self.way.backwards)

    def _values(self, stretch: Stretch) -> list[bytes]:
        """What is spliced in for the members of a stretch."""
        head = split(stretch.low[: stretch.ahead])
        return [turned_over(head[each.field]) if each.turned else head[each.field] for each in self.way.spliced]

    def _key(self, stretch: Stretch, member: bytes) -> bytes:
        """By what a member is merged."""
        rest, key, taken = member[stretch.ahead :], b"", 0
        for each, value in zip(self.way.spliced, self._values(stretch), strict=True):
            ahead = first(rest, each.behind - taken)
            rest, key, taken = rest[len(ahead) :], key + ahead + value, each.behind
        return key + rest


WHOLE = Stretch(b"", beyond(b""), 0)


def standard_plan(order: Order, *, backwards: bool) -> Plan:
    """All rows, in an order that all of them are in once."""
    return Plan(standard_course(order, backwards=backwards), (WHOLE,))


def plan_of(course: Course, where: Mapping[str, Constraint]) -> Plan:
    """Where a course leads for a filter of its form."""
    stretches = _stretches(course.order.index.fields, course.way, where)
    if course.way.backwards and not course.way.merged:
        stretches.reverse()
    return Plan(course, tuple(stretches))


def _stretches(fields: Sequence[IndexField], way: Way, where: Mapping[str, Constraint]) -> list[Stretch]:
    heads = [b""]
    for equal in fields[: way.equal]:
        points = where[equal.path]
        assert isinstance(points, Points)
        heads = [head + start for head in heads for start in points.starts(equal.descending)]
    if way.constrained == way.equal:
        return [Stretch(head, beyond(head), len(head)) for head in heads]
    ranged = fields[way.equal]
    bounds = where[ranged.path].bounds(ranged.descending)
    return [Stretch(head + low, head + high, len(head)) for head in heads for low, high in bounds]


def _after(stretch: Stretch, place: bytes, backwards: bool) -> Stretch:
    return _between(stretch, place if backwards else place + b"\0", backwards)


def _between(stretch: Stretch, edge: bytes, backwards: bool) -> Stretch:
    """What of a stretch is beyond an edge: below it, travelled backwards, else from there on."""
    if backwards:
        return stretch._replace(high=min(stretch.high, edge))
    return stretch._replace(low=max(stretch.low, edge))


def _holds(stretch: Stretch, member: bytes) -> bool:
    return stretch.low <= member < stretch.high

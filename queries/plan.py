"""A plan: the stretches of a sorted set that answer a query, and how they are travelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from catalog.declared import Index
from projections.encoding import beyond, first, split, turned_over
from queries.constraints import Constraint
from queries.planner import Spliced, Way
from queries.table import Order


class Stretch(NamedTuple):
    """Members from `low` to `high` (exclusive), the first `ahead` bytes of which are all the same."""

    low: bytes
    high: bytes
    ahead: int


@dataclass(slots=True)
class Plan:
    """stretches: in the order they are travelled in; those merged are merged by what follows `ahead`.

    spliced:     fields ahead that are put into what follows, for the merge.
    whole:       whether every row is asked for.
    unique:      whether no row can have two entries in the stretches.
    fixed:       how many of the first fields must equal one value.
    constrained: how many of the first fields are constrained at all.
    questions:   those that were packed for its first page, by limit and whether to count.
    """

    order: Order
    stretches: tuple[Stretch, ...]
    merged: bool = False
    backwards: bool = False
    whole: bool = False
    unique: bool = False
    fixed: int = 0
    constrained: int = 0
    spliced: tuple[Spliced, ...] = ()
    questions: dict[tuple[int, bool], bytes] = field(default_factory=dict, compare=False)

    def after(self, place: bytes) -> tuple[Stretch, ...]:
        """What is left of the stretches behind the member `place`."""
        if not self.merged:
            moved = [_after(stretch, place, self.backwards) for stretch in self.stretches]
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
        if self.merged:
            key = [self._key(stretch, member) for stretch, member in fitting]
            return fitting[key.index(max(key) if self.backwards else min(key))][1]
        return max(fitting)[1] if self.backwards else min(fitting)[1]

    def _merged_after(self, stretch: Stretch, rest: bytes, values: Sequence[bytes]) -> Stretch:
        """What is left of a stretch behind a member of any: its `rest`, and the `values` spliced into that."""
        head = stretch.low[: stretch.ahead]
        for each, mine, theirs in zip(self.spliced, self._values(stretch), values, strict=True):
            if mine != theirs:
                ahead = head + first(rest, each.behind)
                passed = (mine < theirs) is not self.backwards
                edge = beyond(ahead) if passed is not self.backwards else ahead
                return _between(stretch, edge, self.backwards)
        return _after(stretch, head + rest, self.backwards)

    def _values(self, stretch: Stretch) -> list[bytes]:
        """What is spliced in for the members of a stretch."""
        head = split(stretch.low[: stretch.ahead])
        return [turned_over(head[each.field]) if each.turned else head[each.field] for each in self.spliced]

    def _key(self, stretch: Stretch, member: bytes) -> bytes:
        """By what a member is merged."""
        rest, key, taken = member[stretch.ahead :], b"", 0
        for each, value in zip(self.spliced, self._values(stretch), strict=True):
            ahead = first(rest, each.behind - taken)
            rest, key, taken = rest[len(ahead) :], key + ahead + value, each.behind
        return key + rest


WHOLE = Stretch(b"", beyond(b""), 0)


def standard_plan(order: Order, *, backwards: bool) -> Plan:
    """All rows, in an order that all of them are in once."""
    return Plan(order, (WHOLE,), backwards=backwards, whole=True, unique=True)


def plan_of(order: Order, way: Way, where: Mapping[str, Constraint]) -> Plan:
    """How `way` serves a filter."""
    stretches = _stretches(order.index, way, where)
    if way.backwards and not way.merged:
        stretches.reverse()
    return Plan(
        order,
        tuple(stretches),
        merged=way.merged,
        backwards=way.backwards,
        whole=not where,
        unique=way.fixed == len(order.index.fields),
        fixed=way.fixed,
        constrained=way.constrained,
        spliced=way.spliced,
    )


def _stretches(index: Index, way: Way, where: Mapping[str, Constraint]) -> list[Stretch]:
    bounds = [where[field.path].bounds(field.descending) for field in index.fields[: way.constrained]]
    heads = [b"".join(low for low, _ in chosen) for chosen in product(*bounds[: way.equal])]
    if way.constrained == way.equal:
        return [Stretch(head, beyond(head), len(head)) for head in heads]
    return [Stretch(head + low, head + high, len(head)) for head in heads for low, high in bounds[way.equal]]


def _after(stretch: Stretch, place: bytes, backwards: bool) -> Stretch:
    return _between(stretch, place if backwards else place + b"\0", backwards)


def _between(stretch: Stretch, edge: bytes, backwards: bool) -> Stretch:
    """What of a stretch is beyond an edge: below it, travelled backwards, else from there on."""
    if backwards:
        return stretch._replace(high=min(stretch.high, edge))
    return stretch._replace(low=max(stretch.low, edge))


def _holds(stretch: Stretch, member: bytes) -> bool:
    return stretch.low <= member < stretch.high

"""A course: the way along an order that queries of one form take, whatever they compare with."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from catalog.declared import Index
from queries.planner import Way

MARK_BYTES = 8


@dataclass(frozen=True)
class Order:
    """A sorted set over rows, and what an answer calls it.

    key:     where it lies. surplus: where what entries rows have besides their first one lies, "" for nowhere.
    head:    how many bytes come before the id, in a set whose members are an order and the id and nothing else;
             0 where members end as entries do.
    """

    name: str
    index: Index
    key: str
    surplus: str = ""
    head: int = 0

    @cached_property
    def mark(self) -> bytes:
        """Tells orders of one source apart; the same for the same index of every generation."""
        return sha256(f"{self.head} {self.index.name}".encode()).digest()[:MARK_BYTES]


@dataclass(slots=True, eq=False)
class Course:
    """How an order of one table is travelled.

    whole:  whether every row is asked for.
    unique: whether no row can have two entries in the stretches.
    frames: how questions along it begin and end, packed, by limit, whether to count, and bytes.
    """

    order: Order
    way: Way
    whole: bool
    unique: bool
    frames: dict[tuple[int, bool, int], tuple[bytes, bytes, int]] = field(default_factory=dict)


def course_of(order: Order, way: Way, *, whole: bool) -> Course:
    """How `way` leads along an order that it was chosen for."""
    return Course(order, way, whole, way.fixed == len(order.index.fields))


def standard_course(order: Order, *, backwards: bool) -> Course:
    """Along all rows, in an order that all of them are in once."""
    return Course(order, Way(0, 0, 0, False, backwards), True, True)

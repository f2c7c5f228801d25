"""A table: rows of one generation in Redis, and the sorted sets over them. Queries know nothing else of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from catalog.declared import Index
from events.document import Present
from projections.shape import Shape
from queries.constraints import Constraint
from queries.course import Course, Order, course_of
from queries.planner import Asked, Sort, asked, choose
from queries.selection import select

_MOST_CHOICES = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """What one generation keeps for lists.

    generation: its number as Redis has it, "" while there is none, and so no rows.
    rows:       where the hash of rows lies.
    orders:     those that were declared, by the name of their index.
    choices:    what was chosen for queries of one form: mostly they differ in values alone.
    standard:   the order of all rows that a query gets which asks for none, and whether it is travelled
                backwards.
    """

    generation: str
    rows: str
    orders: Mapping[str, Order]
    indexes: tuple[Index, ...]
    standard: Order
    standard_backwards: bool
    choices: dict[tuple[Asked, Sort], Course | None] = field(default_factory=dict, compare=False)

    def choice(self, where: Mapping[str, Constraint], sort: Sort) -> Course | None:
        """How a query is served, as `planner.choose` chooses it; None where no order serves it."""
        key = asked(where), sort
        try:
            return self.choices[key]
        except KeyError:
            if len(self.choices) >= _MOST_CHOICES:
                self.choices.clear()
        chosen = choose(self.indexes, where, sort)
        course = None
        if chosen is not None:
            index, way = chosen
            course = course_of(self.orders[index.name], way, whole=not where)
        self.choices[key] = course
        return course


@dataclass(frozen=True, slots=True)
class Source:
    """What is listed: the documents of a collection, or the rows of something else that it keeps.

    name:     tells sources apart, in cursors too.
    declared: the indexes that a query may count on, as soon as they are built.
    table:    what a generation (its number; "" for none) of a shape keeps of it.
    bodies:   the final JSON of rows.
    document: a row as conditions and indexes look at it.
    age:      of a row, what sorts rows in their standard order; they are travelled backwards.
    select:   bodies with the fields asked for alone.
    called:   what those who ask call a field of an index.
    """

    collection: str
    name: str
    declared: tuple[Index, ...]
    table: Callable[[str, Shape], Table]
    bodies: Callable[[Iterable[bytes]], list[bytes]]
    document: Callable[[bytes], Present]
    age: Callable[[bytes], bytes]
    select: Callable[[Iterable[bytes], Iterable[str]], list[bytes]] = select
    called: Callable[[str], str] = str

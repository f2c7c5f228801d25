"""Rows of views to ask for: of random documents, and of flights; queries, and what fits them, plainly."""

from collections.abc import Sequence
from random import Random
from typing import Any

import orjson

from catalog.declared import Condition, Group, Index, IndexField, Measure, View
from queries.query import Query
from tests.projections.documents import present
from tests.projections.views.recomputed import ordered
from tests.queries.gallery import Gallery
from tests.queries.reference import matching

GROUPS = ("x", "y", "z")
MEASURES = (Measure("n", "count", None), Measure("s", "sum", "v"), Measure("m", "max", "v"))
MEASURED = ("n", "s", "m")
DELAYS = (*MEASURES[:1], Measure("delay", "avg", "v"))
FLIGHTS = {
    f"o{n}": {"carrier": f"c{n % 30:02}", "day": n // 30, "v": (n * 7919) % 1000 / 8} for n in range(300)
}
MANY = (Condition("carrier", "gte", "c10"),)
_FEW: tuple[Any, ...] = (None, True, 0, 1, 1.5, "a", "ab", "b")

Row = dict[str, Any]
Orders = Sequence[Sequence[str]]


def view(*groups: str, measures: tuple[Measure, ...] = MEASURES, orders: Orders = ()) -> View:
    """A view by these fields."""
    by = tuple(Group(name, name, None, None) for name in groups)
    return View("v", by, measures, (), orders_of(orders))


def flights(orders: Orders = ()) -> View:
    """The view of FLIGHTS: 300 rows, 30 carriers on 10 days, and their delays."""
    return view("carrier", "day", measures=DELAYS, orders=orders)


def orders_of(orders: Orders) -> tuple[Index, ...]:
    """Orders as they are declared."""
    return tuple(Index(tuple(map(field, order))) for order in orders)


def field(name: str) -> IndexField:
    """A field of an order."""
    return IndexField(name.removeprefix("-"), name.startswith("-"))


def some_body(random: Random) -> dict[str, Any]:
    """A document of few values."""
    some = {name: random.choice((*_FEW, [1], {})) for name in GROUPS if random.random() < 0.9}
    return some | {"v": random.choice((*_FEW, random.randint(-50, 50)))}


def some_order(random: Random, columns: Sequence[str]) -> list[str]:
    """An order by two or three columns."""
    names = random.sample(columns, random.randint(2, min(3, len(columns))))
    return [random.choice(("", "-")) + name for name in names]


def some_query(random: Random, columns: Sequence[str]) -> Query:
    """A query with at most two conditions, in an order by at most two columns."""
    where = []
    for name in random.sample(columns, random.randint(0, min(2, len(columns)))):
        operator = random.choice(("eq", "eq", "in", "gte", "lt", "exists"))
        value: Any = random.choice((*_FEW, 3, 5))
        value = {"in": (value, 1, "a"), "exists": random.random() < 0.8}.get(operator, value)
        where.append(Condition(name, operator, value))
    sort = random.sample(columns, random.randint(0, min(2, len(columns))))
    return Query(
        tuple(where),
        tuple(IndexField(name, random.random() < 0.5) for name in sort),
        random.randint(1, 9),
        count=random.random() < 0.5,
    )


async def read_all(gallery: Gallery, query: Query) -> list[Row]:
    """The rows of all pages; each but the last is full."""
    page = await gallery.page(query)
    found = [orjson.loads(row) for row in page.items]
    while page.next is not None:
        assert len(page.items) == query.limit
        page = await gallery.page(query.at(page.next))
        found += [orjson.loads(row) for row in page.items]
    return found


def fitting(rows: Sequence[Row], query: Query) -> list[Row]:
    """Those of all rows that fit."""
    documents = {str(n): present(row) for n, row in enumerate(rows)}
    return [rows[int(id)] for id in matching(documents, query.where)]


def assert_answers(rows: Sequence[Row], query: Query, groups: Sequence[str], found: Sequence[Row]) -> None:
    """`found` are those of all rows that fit, in the order asked for."""
    expected = fitting(rows, query)
    if query.sort or not query.where:
        assert found == in_order(expected, query, groups), query
    assert sorted(map(orjson.dumps, found)) == sorted(map(orjson.dumps, expected)), query


def in_order(rows: Sequence[Row], query: Query, groups: Sequence[str]) -> list[Row]:
    """Rows by `sort`, then by what is left of their groups in the direction of its last field."""
    last = query.sort[-1].descending if query.sort else False
    sorted_by = [each.path for each in query.sort]
    fields = [*query.sort, *(IndexField(name, last) for name in groups if name not in sorted_by)]
    for each in reversed(fields):
        rows = sorted(rows, key=lambda row: ordered(row[each.path]), reverse=each.descending)
    return list(rows)

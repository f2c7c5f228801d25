"""Rows of a view for several values of a column, by another one: merged along an order, whatever there is."""

from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis

from catalog.declared import Condition
from queries.query import Query
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.queries.gallery import Gallery
from tests.queries.rows import (
    FLIGHTS,
    GROUPS,
    MEASURED,
    assert_answers,
    field,
    fitting,
    flights,
    read_all,
    view,
)

pytestmark = KILLING
VALUES: tuple[Any, ...] = (None, True, -1.5, 0, 2, 2**53 + 1, "", "a", "a\0", "a\0\1", "b", "ü")
SEVERAL = Condition("carrier", "in", ("c03", "c07", "c11", "c20", "none"))


@seeds(6)
async def test_rows_of_several_values_are_merged_to_the_order_asked_for(redis: Redis, seed: int) -> None:
    random = Random(seed)
    columns = random.sample([*GROUPS, *MEASURED], random.randint(2, 4))
    order = [random.choice(("", "-")) + name for name in columns]
    gallery = Gallery(redis, view(*GROUPS, orders=[order]), 0)
    await gallery.open()
    await gallery.put({f"o{n}": some_body(random) for n in range(150)})
    rows = await read_all(gallery, Query(limit=1000))
    for _ in range(40):
        query = some_query(random, rows, order)
        found = await read_all(gallery, query)
        assert_answers(rows, query, GROUPS, found)
        page = await gallery.page(query)
        assert page.count == len(fitting(rows, query))
        assert page.entries <= 5 * values_of(query) + 4 * (query.limit + 1)


def some_body(random: Random) -> dict[str, Any]:
    """A document of few values of all kinds."""
    return {name: random.choice(VALUES) for name in GROUPS} | {"v": random.choice((*VALUES[:6], "a"))}


def some_query(random: Random, rows: list[dict[str, Any]], order: list[str]) -> Query:
    """A query that the order serves: its first columns may equal several values, and the others sort.

    The first ones may stand among these, but not last: the last one says which way ties go.
    """
    names, equal = [name.strip("-") for name in order], random.randint(1, len(order))
    where = [
        Condition(name, "in", tuple(random.choice(rows)[name] for _ in range(random.randint(1, 5))))
        for name in names[:equal]
    ]
    turned = random.random() < 0.5
    sort = [("-" if name.startswith("-") is not turned else "") + name.strip("-") for name in order[equal:]]
    for name in random.sample(names[:equal], random.randint(not sort, equal)):
        sort.insert(random.randint(0, max(0, len(sort) - 1)), random.choice(("", "-")) + name)
    return Query(tuple(where), tuple(map(field, sort)), random.randint(1, 9), count=True)


def values_of(query: Query) -> int:
    """How many combinations of values may fit."""
    product = 1
    for condition in query.where:
        product *= len(set(map(repr, condition.value)))
    return product


@pytest.mark.parametrize("sort", ["-delay", "delay"])
async def test_what_several_values_cost_is_told_and_does_not_grow_with_the_rows(
    redis: Redis, sort: str
) -> None:
    gallery = Gallery(redis, flights([("carrier", "-delay")]), 0)
    await gallery.open()
    await gallery.put(FLIGHTS)
    query = Query((SEVERAL,), (field(sort),), 3, count=True)
    few = await gallery.page(query)
    assert (few.plan, few.count, few.entries) == ("carrier,-delay,-day", 40, 16)
    more = {id: {**body, "day": body["day"] + 10 * n} for n in range(1, 8) for id, body in FLIGHTS.items()}
    await gallery.put({f"{id}-{body['day']}": body for id, body in more.items()})
    many = await gallery.page(query)
    assert many.entries == few.entries

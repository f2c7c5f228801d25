"""Rows of views are found as documents are: every answer equals a filter and a sort over all rows."""

from random import Random
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from catalog.declared import Condition, Measure
from queries import travel, view_walk
from queries.errors import QueryInvalid, ViewBuilding, ViewMissing
from queries.query import Query
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.projections.views.recomputed import ordered
from tests.queries.gallery import Gallery
from tests.queries.rows import (
    FLIGHTS,
    GROUPS,
    MANY,
    MEASURED,
    MEASURES,
    Row,
    assert_answers,
    field,
    flights,
    read_all,
    some_body,
    some_order,
    some_query,
    view,
)

pytestmark = KILLING

ONE = Condition("n", "eq", 1)
EVERY_DAY = Condition("day", "in", tuple(range(10)))


@pytest.fixture
def short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even few rows are walked in many steps."""
    monkeypatch.setattr(view_walk, "WALKED_AT_ONCE", 5)


@pytest.mark.usefixtures("short_walks")
@pytest.mark.parametrize("scan_limit", [0, 8, 10_000])
@seeds(2)
async def test_answers_equal_a_filter_and_a_sort(redis: Redis, seed: int, scan_limit: int) -> None:
    random = Random(seed)
    groups = GROUPS[: random.randint(0, 3)]
    orders = {tuple(some_order(random, (*groups, *MEASURED))) for _ in range(random.randint(0, 4))}
    gallery = Gallery(redis, view(*groups, orders=sorted(orders)), scan_limit)
    await gallery.open()
    await gallery.put({f"o{n}": some_body(random) for n in range(random.choice((0, 40, 120)))})
    await gallery.put({f"o{n}": some_body(random) for n in range(15)})
    rows = await read_all(gallery, Query(limit=7))
    assert [_key(row, groups) for row in rows] == sorted(_key(row, groups) for row in rows)
    for _ in range(25):
        await _check(gallery, rows, some_query(random, (*groups, *MEASURED)), scan_limit)


async def _check(gallery: Gallery, rows: list[Row], query: Query, scan_limit: int) -> None:
    try:
        found = await read_all(gallery, query)
    except QueryInvalid:
        assert scan_limit < len(rows)
        assert query.count or len(query.sort) > 1
        return
    assert_answers(rows, query, [group.name for group in gallery.view.groups], found)
    if query.count:
        assert (await gallery.page(query)).count == len(found)


def _key(row: Row, groups: tuple[str, ...]) -> list[Any]:
    return [ordered(row[name]) for name in groups]


@pytest.fixture
async def large(redis: Redis) -> Gallery:
    """A view of 300 rows, of which 5 may be looked through: 30 carriers, 10 days, and delays."""
    gallery = Gallery(redis, flights(), 40)
    await gallery.open()
    await gallery.put(FLIGHTS)
    return gallery


@pytest.mark.parametrize(
    ("where", "sort", "plan", "entries"),
    [
        ((), ("-delay",), "delay,carrier,day", 11),
        ((), ("-day",), "day,carrier", 11),
        ((Condition("delay", "gte", 50),), ("delay",), "delay,carrier,day", 11),
        ((Condition("carrier", "eq", "c07"),), ("-delay",), "carrier,day", 10),
        ((Condition("day", "eq", 3),), ("-delay",), "day,carrier", 30),
        ((Condition("carrier", "eq", "c07"), Condition("day", "lt", 5)), ("delay",), "carrier,day", 5),
    ],
)
async def test_best_rows_by_any_measure_cost_little_whatever_they_are_filtered_by(
    large: Gallery, where: tuple[Condition, ...], sort: tuple[str, ...], plan: str, entries: int
) -> None:
    page = await large.page(Query(where, tuple(map(field, sort)), 10, count=True))
    assert (page.plan, page.entries) == (plan, entries)
    assert page.count is not None
    assert len(page.items) == min(10, page.count)


@pytest.mark.parametrize(
    ("where", "sort", "plan"),
    [
        ((Condition("carrier", "eq", "c07"),), ("-delay",), "carrier,-delay,-day"),
        ((Condition("carrier", "eq", "c07"),), ("delay",), "carrier,-delay,-day"),
        ((Condition("carrier", "eq", "c07"), Condition("delay", "lt", 90)), ("-delay",), "carrier,-delay,-day"),
        ((), ("carrier", "-delay"), "carrier,-delay,-day"),
        ((), ("-day", "delay"), "-day,delay,carrier"),
        ((Condition("day", "eq", 3),), ("delay",), "-day,delay,carrier"),
    ],
)
async def test_an_order_that_is_declared_makes_its_filter_and_sort_cost_what_they_return(
    redis: Redis, where: tuple[Condition, ...], sort: tuple[str, ...], plan: str
) -> None:
    orders = [("carrier", "-delay"), ("-day", "delay")]
    gallery = Gallery(redis, flights(orders), 0)
    await gallery.open()
    await gallery.put(FLIGHTS)
    query = Query(where, tuple(map(field, sort)), 3, count=True)
    page = await gallery.page(query)
    assert (page.plan, len(page.items)) == (plan, 3)
    assert page.entries <= 2 * 4
    rows = await read_all(gallery, Query(limit=100))
    await _check(gallery, rows, query, 0)


async def test_few_but_large_rows_are_sorted_and_counted_up_to_64_mib(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than a page may have."""
    gallery = Gallery(redis, view("x"), 1000)
    await gallery.open()
    await gallery.put({f"o{n}": {"x": f"{n:03}" + "x" * 48_000, "v": n % 7} for n in range(450)})
    fitting = sorted((n for n in range(450) if n % 7), key=lambda n: (-(n % 7), n))
    assert len(fitting) * 48_000 > travel.MOST_BYTES
    conditions = Condition("n", "gte", 1), Condition("m", "gte", 1)
    query = Query(conditions, (field("-s"), field("x")), 2, count=True)
    page = await gallery.page(query)
    assert page.count == len(fitting)
    assert [int(orjson.loads(row)["x"][:3]) for row in page.items] == fitting[:2]
    monkeypatch.setattr("queries.view_lists.SCAN_BYTES", 1)
    with pytest.raises(QueryInvalid, match="rows of more than 64 MiB would have to be looked at"):
        await gallery.page(query)


@pytest.mark.usefixtures("short_walks")
async def test_where_many_rows_fit_the_order_is_walked(large: Gallery) -> None:
    query = Query(MANY, (field("-delay"),), 5, count=True)
    page = await large.page(query)
    assert (page.plan, page.count) == ("delay,carrier,day", 200)
    assert page.entries == 7 + 25
    rows = await read_all(large, query)
    assert len(rows) == 200
    assert rows == sorted(rows, key=lambda row: row["delay"], reverse=True)


@pytest.mark.usefixtures("short_walks")
async def test_a_walk_along_a_descending_order_goes_on_behind_its_last_row(redis: Redis) -> None:
    gallery = Gallery(redis, flights([("-delay", "-carrier")]), 40)
    await gallery.open()
    await gallery.put(FLIGHTS)
    query = Query(MANY, (field("-delay"),), 5)
    assert (await gallery.page(query)).plan == "-delay,-carrier,-day"
    rows = await read_all(gallery, Query(limit=1000))
    assert_answers(rows, query, ("carrier", "day"), await read_all(gallery, query))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (Query(MANY, (field("day"), field("-delay"))), "sort"),
        (Query((*MANY, Condition("delay", "lt", 100)), (field("n"),), count=True), "count"),
        (Query((Condition("carier", "eq", "c10"),)), "where[carier]"),
        (Query((), (field("-dealy"),)), "sort"),
        (Query(fields=("id",)), "fields"),
    ],
)
async def test_what_no_view_can_answer_is_refused_with_what_to_mend(
    large: Gallery, query: Query, parameter: str
) -> None:
    with pytest.raises(QueryInvalid) as refused:
        await large.page(query)
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("query", "orders"),
    [
        (Query((), (field("-n"), field("day"))), '[["-n","day","carrier"]]'),
        (
            Query((ONE,), (field("day"), field("-delay"))),
            '[["n","day","-delay","-carrier"]]',
        ),
        (Query((ONE, Condition("day", "lt", 8)), count=True), '[["n","day"]]'),
        (Query((EVERY_DAY,), (field("-n"), field("-delay"))), '[["day","-n","-delay","-carrier"]]'),
    ],
)
async def test_what_an_order_would_serve_is_refused_with_the_order_to_declare(
    redis: Redis, large: Gallery, query: Query, orders: str
) -> None:
    with pytest.raises(QueryInvalid, match="or declare") as refused:
        await large.page(query)
    assert f'"orders": {orders} in the view' in str(refused.value)
    await redis.flushall()
    mended = Gallery(redis, flights(orjson.loads(orders)), 40)
    await mended.open()
    await mended.put(FLIGHTS)
    page = await mended.page(query)
    assert page.items
    assert page.entries <= query.limit + 1 + 10 * 4


async def test_what_no_order_can_serve_is_refused_without_one(large: Gallery) -> None:
    with pytest.raises(QueryInvalid, match=r"filter by less$"):
        await large.page(Query((*MANY, Condition("delay", "lt", 100)), (field("n"),), count=True))


async def test_columns_are_chosen_without_touching_a_digit(redis: Redis) -> None:
    gallery = Gallery(redis, view("customer.country", measures=(Measure("sum", "sum", "v"), MEASURES[0])))
    await gallery.open()
    numbers = {"a": 2**63 - 1, "b": 0.1, "c": 1e308, "d": 1e308}
    await gallery.put({id: {"v": number, "customer": {"country": '"},{'}} for id, number in numbers.items()})
    [row] = (await gallery.page(Query(fields=("sum", "customer.country")))).items
    assert row.startswith(b'{"customer.country":"\\"},{","sum":2000')
    assert row.endswith(b"9223372036854775807.1}")
    where = (Condition("customer.country", "prefix", '"'), Condition("sum", "gt", 1e300))
    assert len((await gallery.page(Query(where, (field("n"),)))).items) == 1


async def test_a_view_that_is_declared_otherwise_than_it_is_kept_is_being_built(large: Gallery) -> None:
    await large.page(Query())
    large.view = view("carrier", "day")
    with pytest.raises(ViewBuilding):
        await large.page(Query())


async def test_an_unknown_view_is_missing_and_the_nearest_is_named(large: Gallery) -> None:
    with pytest.raises(ViewMissing, match="known are v"):
        large.queries.named(large.declared, "nothing")

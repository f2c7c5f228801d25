"""Orders of a view that change: its rows are read on, and cursors hold, while the new ones are built."""

from dataclasses import replace
from random import Random

import orjson
import pytest
from redis.asyncio import Redis

from catalog.declared import Condition, IndexField
from queries import view_walk
from queries.errors import OrderBuilding, QueryError, QueryInvalid
from queries.query import Query
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.queries.gallery import Gallery
from tests.queries.rows import (
    FLIGHTS,
    MANY,
    MEASURED,
    Orders,
    Row,
    assert_answers,
    field,
    flights,
    in_order,
    orders_of,
    read_all,
    some_body,
    some_order,
    some_query,
    view,
)

pytestmark = KILLING
GROUPS = ("x", "y")
COLUMNS = (*GROUPS, *MEASURED)


class Reading:
    """One query, read page by page while the view's orders change."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.rows: list[Row] = []
        self.refusals: list[QueryError] = []
        self.is_done = False

    async def go_on(self, gallery: Gallery, pages: int = 1000) -> None:
        """Read so many pages; what is refused without a cursor may be asked again."""
        while pages and not self.is_done:
            pages -= 1
            try:
                page = await gallery.page(self.query)
            except QueryError as refusal:
                self.refusals.append(refusal)
                return
            self.query = self.query.at(page.next)
            self.rows += map(orjson.loads, page.items)
            self.is_done = page.next is None


async def built(redis: Redis, seed: Random, scan_limit: int, orders: Orders) -> Gallery:
    """A view with these orders, filled."""
    gallery = Gallery(redis, view(*GROUPS, orders=orders), scan_limit)
    await gallery.open()
    await gallery.put({f"o{n}": some_body(seed) for n in range(120)})
    return gallery


@pytest.fixture
def short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even few rows are walked in many steps."""
    monkeypatch.setattr(view_walk, "WALKED_AT_ONCE", 5)


@pytest.mark.usefixtures("short_walks")
@pytest.mark.parametrize("scan_limit", [0, 8, 10_000])
@pytest.mark.parametrize("only_more", [True, False])
@seeds(2)
async def test_pages_begun_before_orders_change_fit_those_read_while_and_after_they_are_built(
    redis: Redis, seed: int, only_more: bool, scan_limit: int
) -> None:
    random = Random(seed)
    first, second = ({tuple(some_order(random, COLUMNS)) for _ in range(3)} for _ in range(2))
    later = sorted(first | second if only_more else second)
    gallery = await built(redis, random, scan_limit, sorted(first))
    readings = [Reading(some_query(random, COLUMNS)) for _ in range(30)]
    for reading in readings:
        await reading.go_on(gallery, 1)
    served = [reading for reading in readings if not reading.refusals]
    gallery.view = view(*GROUPS, orders=later)
    for reading in readings:
        await reading.go_on(gallery, 1)
        assert bool(reading.refusals) is (reading not in served)
    await gallery.build()
    rows = await read_all(gallery, Query(limit=1000))
    for reading in readings:
        await reading.go_on(gallery)
        if reading.is_done:
            assert_answers(rows, reading.query, GROUPS, reading.rows)
            assert reading in served or type(reading.refusals[-1]) is OrderBuilding
        elif reading in served:
            assert not first <= set(later)
            assert "cursor" in str(reading.refusals[-1]) or reading.query.count


@pytest.mark.parametrize(
    ("query", "order"),
    [
        (Query(MANY, (field("day"), field("-delay"))), "day,-delay,-carrier"),
        (Query((Condition("n", "gte", 1),), (field("-n"), field("day")), count=True), None),
    ],
)
async def test_what_only_a_new_order_can_serve_says_that_it_is_being_built(
    redis: Redis, query: Query, order: str | None
) -> None:
    gallery = Gallery(redis, flights(), 40)
    await gallery.open()
    await gallery.put(FLIGHTS)
    gallery.view = replace(gallery.view, orders=orders_of([("day", "-delay"), ("-n", "day")]))
    with pytest.raises(OrderBuilding) as refused:
        await gallery.page(query)
    assert refused.value.order == (order or "-n,day,carrier")
    await gallery.build()
    assert (await gallery.page(query)).items


@pytest.mark.parametrize(
    ("query", "orders", "parameter"),
    [
        (
            Query((*MANY, Condition("n", "gte", 1)), (field("day"), field("-delay")), count=True),
            "day,-delay",
            "count",
        ),
        (
            Query((*MANY, Condition("n", "eq", 1)), (field("day"), field("-delay")), count=True),
            "-n,carrier",
            "sort",
        ),
        (Query(MANY, (field("day"), field("-delay"))), "carrier,-n", "sort"),
    ],
)
async def test_what_an_order_that_is_being_built_will_not_serve_is_refused_for_good(
    redis: Redis, query: Query, orders: str, parameter: str
) -> None:
    gallery = Gallery(redis, flights(), 40)
    await gallery.open()
    await gallery.put(FLIGHTS)
    gallery.view = replace(gallery.view, orders=orders_of([orders.split(",")]))
    for _ in range(2):
        with pytest.raises(QueryInvalid) as refused:
            await gallery.page(query)
        await gallery.build()
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("where", "sort", "order"),
    [
        ((Condition("n", "eq", 1), Condition("day", "gte", 2)), (), ("n", "day")),
        ((Condition("n", "eq", 1), Condition("day", "gte", 2)), (field("delay"),), ("n", "day")),
        (
            (Condition("day", "in", (0, 1)), Condition("delay", "lt", 10)),
            (field("n"), field("delay")),
            ("day", "delay"),
        ),
    ],
)
async def test_an_order_that_is_being_built_is_waited_for_where_it_counts_or_narrows_down(
    redis: Redis, where: tuple[Condition, ...], sort: tuple[IndexField, ...], order: tuple[str, ...]
) -> None:
    gallery = Gallery(redis, flights(), 20)
    await gallery.open()
    await gallery.put(FLIGHTS)
    gallery.view = replace(gallery.view, orders=orders_of([order]))
    query = Query(where, sort, count=True)
    with pytest.raises(OrderBuilding) as refused:
        await gallery.page(query)
    assert refused.value.order.startswith(",".join(order))
    await gallery.build()
    assert (await gallery.page(query)).items


async def test_a_cursor_of_an_order_that_is_no_more_is_refused_and_says_so(redis: Redis) -> None:
    gallery = Gallery(redis, flights([("day", "-delay")]), 0)
    await gallery.open()
    await gallery.put(FLIGHTS)
    by_two = (field("day"), field("-delay"))
    queries = [Query((), by_two, 5), Query(MANY, by_two, 5)]
    begun = [query.at((await gallery.page(query)).next) for query in queries]
    gallery.view = replace(gallery.view, orders=())
    for query in begun:
        assert len((await gallery.page(query)).items) == 5
    await gallery.build()
    for query in begun:
        with pytest.raises(QueryInvalid, match="no more") as refused:
            await gallery.page(query)
        assert refused.value.parameter == "cursor"


@pytest.mark.usefixtures("short_walks")
async def test_a_walk_goes_on_along_its_order_when_a_new_one_could_be_walked_too(redis: Redis) -> None:
    gallery = Gallery(redis, flights(), 0)
    await gallery.open()
    await gallery.put(FLIGHTS)
    query = Query(MANY, (field("-delay"),), 9)
    page = await gallery.page(query)
    assert page.plan == "delay,carrier,day"
    gallery.view = replace(gallery.view, orders=orders_of([("-delay", "-carrier")]))
    await gallery.build()
    assert (await gallery.page(query)).plan == "-delay,-carrier,-day"
    following = await gallery.page(query.at(page.next))
    assert following.plan == "delay,carrier,day"
    rows = [orjson.loads(row) for row in (*page.items, *following.items)]
    fitting = [row for row in await read_all(gallery, Query(limit=1000)) if row["carrier"] >= "c10"]
    assert rows == in_order(fitting, query, ("carrier", "day"))[:18]

"""Lists: what a cursor holds on to, what a scan may cost, what is said of the way an answer was found."""

import asyncio
from random import Random
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from queries.errors import IndexBuilding, IndexNeeded, ProjectionsAbsent, QueryInvalid
from queries.pages import MOST_IN_ONE
from queries.query import Query
from queries.travel import MOST_ENTRIES
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.queries.shelf import LAYOUT, Shelf, asking, declared, ids, index, shelf_of

pytestmark = KILLING

BY_STATUS = index("status", "-total")


@pytest.fixture
async def orders(redis: Redis) -> Shelf:
    """Twelve orders, o0 to o11, every third one paid, with an index by status and total."""
    bodies = {f"o{n}": {"status": "paid" if n % 3 == 0 else "new", "total": n} for n in range(12)}
    return await shelf_of(redis, BY_STATUS, scan_limit=5, **bodies)


async def test_the_plan_and_what_it_cost_are_told(orders: Shelf) -> None:
    page = await orders.page(asking("where[status]=new&sort=-total&limit=2&count=true"))
    assert (ids(page), page.count, page.plan) == (["o11", "o10"], 8, "status,-total")
    assert page.entries == 3
    assert (await orders.page(asking("where[status]=paid"))).entries == 4
    assert (await orders.page(asking("limit=3"))).plan == "-_meta.created_at"
    newest = await orders.page(asking("sort=_meta.created_at,id&count=true&limit=1"))
    assert (ids(newest), newest.plan, newest.count) == (["o0"], "-_meta.created_at", 12)


async def test_a_small_collection_is_looked_through_and_a_large_one_is_not(orders: Shelf) -> None:
    with pytest.raises(IndexNeeded) as needed:
        await orders.page(asking("where[total]=3&sort=-status"))
    assert (needed.value.too_much, needed.value.index) == ("12 documents", ("total", "-status"))
    assert '{"indexes":[["total","-status"]]}' in str(needed.value)
    with pytest.raises(QueryInvalid, match="no index can serve this"):
        await orders.page(asking("where[total][gt]=3&where[status][gt]=a"))
    await orders.remove(*[f"o{n}" for n in range(7)])
    page = await orders.page(asking("where[total][gte]=9&sort=-status&count=true&limit=2"))
    assert (ids(page), page.count, page.plan, page.entries) == (["o9", "o10"], 3, None, 5)


@pytest.mark.parametrize(
    "text", ["where[n]=1400&sort=n", "where[n][gte]=1400&sort=-n", "sort=n", "where[n][exists]=true&sort=-n"]
)
async def test_all_elements_of_a_long_array_are_looked_at_where_no_index_is(redis: Redis, text: str) -> None:
    shelf = await shelf_of(redis, long={"n": list(range(1500))}, short={"n": [1400]}, one={"n": 1400})
    page = await shelf.page(asking(f"{text}&count=true"))
    assert (set(ids(page)), page.plan, page.count) == ({"long", "short", "one"}, None, 3)
    if text == "where[n][gte]=1400&sort=-n":
        assert ids(page) == ["long", "one", "short"]


async def test_an_index_that_is_declared_and_not_there_yet_is_being_built(orders: Shelf) -> None:
    more = declared(BY_STATUS, index("total"))
    with pytest.raises(IndexBuilding) as building:
        await orders.queries.page(more, asking("where[total]=3"))
    assert (building.value.source, building.value.index) == ("orders", "total")
    assert "GET /v1/projections" in str(building.value)
    assert ids(await orders.queries.page(more, asking("where[status]=paid&limit=1"))) == ["o9"]
    await orders.reopen(BY_STATUS, index("total"))
    assert ids(await orders.queries.page(more, asking("where[total]=3"))) == ["o3"]


async def test_a_collection_that_nothing_was_written_to_is_an_empty_page(redis: Redis) -> None:
    shelf = await shelf_of(redis)
    for text in ("", "where[a]=1", "where[a][gt]=1&sort=b&count=true", "where[b]=1"):
        page = await shelf.queries.page(declared(index("b"), name="users"), asking(text))
        assert (page.items, page.next, page.count) == ([], None, 0 if "count" in text else None)


async def test_what_can_not_be_read_yet_is_said_to_be_absent(orders: Shelf) -> None:
    await orders.redis.hset(LAYOUT.live.generations, "orders", "0 7")
    for text in ("", "where[status]=paid", "where[total]=1"):
        with pytest.raises(ProjectionsAbsent):
            await orders.page(asking(text))


@pytest.mark.parametrize(
    "text", ["", "where[status]=new", "where[status]=new&sort=total", "where[status][in]=new,paid&sort=-total"]
)
async def test_a_cursor_survives_a_rebuild_that_keeps_its_index(orders: Shelf, text: str) -> None:
    query = asking(text + "&limit=3")
    everything = ids(await orders.page(asking(text + "&limit=1000")))
    first = await orders.page(query)
    await orders.remove(ids(first)[-1])
    await orders.reopen(index("total"), BY_STATUS)
    rest = await orders.page(asking(text + "&limit=1000").at(first.next))
    assert ids(first) + ids(rest) == everything


async def test_a_cursor_holds_on_to_its_index_when_a_better_one_comes(orders: Shelf) -> None:
    query = asking("where[status]=new&limit=3")
    first = await orders.page(query)
    await orders.reopen(BY_STATUS, index("status"))
    assert (await orders.page(query)).plan == "status"
    second = await orders.page(query.at(first.next))
    assert (ids(second), second.plan) == (["o7", "o5", "o4"], "status,-total")


async def test_a_cursor_whose_index_is_gone_is_refused(orders: Shelf) -> None:
    query = asking("where[status]=new&limit=3")
    first = await orders.page(query)
    await orders.reopen(index("status"))
    with pytest.raises(QueryInvalid, match="begin again without it"):
        await orders.page(query.at(first.next))


async def test_a_cursor_of_a_scan_goes_on_while_the_collection_is_small(redis: Redis) -> None:
    bodies = {f"o{n}": {"n": n} for n in range(5)}
    shelf = await shelf_of(redis, scan_limit=6, **bodies)
    query = asking("where[n][gte]=0&sort=-n&limit=2")
    first = await shelf.page(query)
    await shelf.reopen(index("n"))
    second = await shelf.page(query.at(first.next))
    assert (ids(first), ids(second), second.plan) == (["o4", "o3"], ["o2", "o1"], None)
    await shelf.put({f"p{n}": {"n": n} for n in range(3)})
    with pytest.raises(QueryInvalid, match="begin again without it"):
        await shelf.page(query.at(first.next))
    assert (await shelf.page(query)).plan == "n"


@pytest.mark.parametrize(
    "other",
    [
        "where[status]=new",
        "where[status]=paid&sort=total",
        "where[status]=paid&sort=-total",
        "where[status][in]=paid",
        'where[status]="paid"&where[total][gt]=0',
        "",
    ],
)
async def test_a_cursor_of_another_query_is_refused(orders: Shelf, other: str) -> None:
    first = await orders.page(asking("where[status]=paid&limit=2"))
    with pytest.raises(QueryInvalid, match="belongs to another query"):
        await orders.page(asking(other).at(first.next))
    with pytest.raises(QueryInvalid, match="belongs to another query"):
        await orders.queries.page(
            declared(BY_STATUS, name="users"), asking("where[status]=paid").at(first.next)
        )


async def test_what_a_page_shows_may_change_from_page_to_page(orders: Shelf) -> None:
    first = await orders.page(asking("where[status]=paid&limit=2"))
    second = await orders.page(
        asking('count=true&explain=true&fields=total&where[status]="paid"').at(first.next)
    )
    assert (ids(second), second.count) == (["o3", "o0"], 4)
    assert list(orjson.loads(second.items[0])) == ["id", "total", "_meta"]


async def test_documents_of_several_entries_are_told_apart_in_more_than_one_look(redis: Redis) -> None:
    bodies: dict[str, Any] = {f"o{n:02}": {"tags": [f"t{tag:02}" for tag in range(30)]} for n in range(30)}
    shelf = await shelf_of(redis, index("tags"), scan_limit=0, **bodies)
    for text in (
        "where[tags][gte]=t05&sort=tags",
        "where[tags][gte]=t05&sort=-tags",
        "sort=tags",
        "sort=-tags",
    ):
        query = asking(text + "&limit=20&count=true")
        first = await shelf.page(query)
        second = await shelf.page(query.at(first.next))
        assert (len(first.items), first.count, second.next) == (20, 30, None)
        assert sorted(ids(first) + ids(second)) == sorted(bodies)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("where[tags]=t01", 30),
        ("where[tags]=t01&sort=-n", 30),
        ("where[tags]=t09&where[n][gte]=3", 27),
        ("where[tags][in]=t09", 30),
        ("where[status]=new", 15),
        ("where[status]=new&where[tags]=t01", 15),
        ("where[status][in]=new,old", 30),
        ("where[n][lt]=7", 7),
        ("where[both]=a&where[tags]=t01", 30),
        ("sort=-tags", 30),
    ],
)
async def test_to_count_entries_of_arrays_nothing_is_walked_unless_a_range_goes_through_them(
    redis: Redis, text: str, count: int
) -> None:
    tags = [f"t{tag:02}" for tag in range(20)]
    bodies = {
        f"o{n}": {"tags": tags, "n": n, "status": ("old", "new")[n % 2], "both": ["a", "b"]} for n in range(30)
    }
    indexes = (
        index("tags", "n"),
        index("status", "tags"),
        index("n", "tags", "both"),
        index("both", "tags", "n"),
    )
    shelf = await shelf_of(redis, *indexes, scan_limit=0, **bodies)
    page = await shelf.page(asking(f"{text}&count=true&limit=1"))
    assert (page.count, len(page.items)) == (count, 1)
    assert page.entries < 70
    walked = await shelf.page(asking("where[tags][gte]=t10&count=true&limit=1"))
    assert (walked.count, walked.entries > 300) == (30, True)


async def test_a_page_may_be_shorter_where_it_would_cost_too_much(redis: Redis) -> None:
    many: dict[str, Any] = {f"o{n}": {"tags": list(range(900))} for n in range(10)}
    shelf = await shelf_of(redis, index("tags"), scan_limit=0, **many)
    query: Query | None = asking("where[tags][gte]=0&sort=tags&limit=4&count=true")
    seen: list[str] = []
    while query is not None:
        page = await shelf.page(query)
        assert page.count == 10
        seen += ids(page)
        query = None if page.next is None else query.at(page.next)
        assert page.entries < 2 * MOST_ENTRIES + 9000
    assert sorted(seen) == sorted(many)


@seeds(2)
@pytest.mark.parametrize(
    "text",
    [
        "where[a]=1&sort=b",
        "where[a]=1&sort=-b",
        "where[a][in]=0,1,2&sort=-b",
        "where[a][in]=2,0",
        "where[a][gte]=1",
        "sort=-b",
        "where[c][gte]=0",
        "",
    ],
)
async def test_pages_are_stable_while_documents_come_and_go(redis: Redis, text: str, seed: int) -> None:
    random = Random(f"{text}{seed}")
    shelf = await shelf_of(redis, index("a", "b"), index("b"))
    always = {f"always{n}": _body(random) for n in range(30)}
    passing = {f"passing{n}": _body(random) for n in range(30)}
    await shelf.put(dict(random.sample(sorted((always | passing).items()), 60)))
    fitting = set(ids(await shelf.page(asking(text + "&limit=1000")))) & always.keys()
    query, seen = asking(text + "&limit=4"), list[str]()
    while True:
        page = await shelf.page(query)
        seen += ids(page)
        if page.next is None:
            break
        query = query.at(page.next)
        await shelf.remove(*random.sample(sorted(passing), 2))
        await shelf.put({f"new{random.random()}": _body(random) for _ in range(2)})
    assert len(seen) == len(set(seen))
    assert fitting <= set(seen)


async def test_questions_of_one_tick_go_in_groups_and_everybody_gets_his_own_answer(orders: Shelf) -> None:
    queries = [asking(f"where[status]={status}&sort={sort}&limit={limit}") for status in ("new", "paid", "none")
               for sort in ("total", "-total") for limit in (1, 5)]  # fmt: skip
    alone = [ids(await orders.page(query)) for query in queries]
    await orders.redis.config_resetstat()
    together = await asyncio.gather(*(orders.page(query) for query in queries))
    stats: dict[str, Any] = await orders.redis.info("commandstats")
    assert [ids(page) for page in together] == alone
    assert stats["cmdstat_evalsha"]["calls"] == -(-len(queries) // MOST_IN_ONE)


def _body(random: Random) -> dict[str, Any]:
    return {"a": random.randint(0, 3), "b": random.randint(0, 5), "c": random.sample(range(9), 3)}


async def test_a_count_that_would_go_through_too_many_elements_of_arrays_is_refused(redis: Redis) -> None:
    """Up to there it is exact; of one element, it is told by the index, however many there are."""
    documents: dict[str, Any] = {f"o{n:03}": {"tags": [n, *range(1000, 1999)]} for n in range(200)}
    shelf = await shelf_of(redis, index("tags"), scan_limit=0, **documents)
    everything = asking("where[tags][gte]=0&count=true&limit=1")
    assert (await shelf.page(everything)).count == 200
    await shelf.put({"more": {"tags": [7, 8]}})
    with pytest.raises(QueryInvalid, match="more than 200,000 elements of arrays"):
        await shelf.page(everything)
    for text, count in (("[gte]=1000", 200), ("=1500", 200), ("=7", 2), ("[lt]=100", 101)):
        assert (await shelf.page(asking(f"where[tags]{text}&count=true&limit=1"))).count == count
    assert len((await shelf.page(asking("where[tags][gte]=0&limit=50"))).items) == 50

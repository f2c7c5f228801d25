"""Every answer equals a plain filter and sort: over random documents, indexes, queries and pages."""

from random import Random
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from catalog.declared import Condition, IndexField
from queries.errors import IndexNeeded, QueryInvalid
from queries.lists import Page
from queries.query import Query
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.queries.reference import in_order
from tests.queries.shelf import Shelf, index

pytestmark = KILLING

PATHS = ("a", "b", "c", "d.e")
SCALARS: tuple[Any, ...] = (
    None, True, False, 0, 1, 1.0, -0.0, -1, -1.5, 1e300, 2**53, 2**53 + 1, float(2**53), 2**63 - 1, -(2**63),
    "", "a", "ab", "a\0", "a\0b", "b", "ü", "\U0001f600", "\uffff", "10",
)  # fmt: skip
FEW: tuple[Any, ...] = (0, 1, "a", "ab", None)


@seeds(12)
async def test_answers_equal_a_filter_and_a_sort(redis: Redis, seed: int) -> None:
    random = Random(seed)
    shelf = Shelf(redis, *(_index(random) for _ in range(random.randint(0, 4))))
    await shelf.open()
    await shelf.put({id: _body(random) for id in random.sample(_IDS, random.randint(0, 60))})
    for _ in range(40):
        query = _query(random)
        await _check(shelf, query)
        await _check(shelf, Query(where=query.where, sort=_flipped(query.sort), limit=query.limit, count=True))


@seeds(6)
async def test_pages_of_large_documents_are_shorter_and_leave_nothing_out(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    random = Random(seed)
    monkeypatch.setattr("queries.travel.AT_ONCE", random.choice((1, 2, 5)))
    monkeypatch.setattr("queries.travel.MOST_BYTES", random.choice((1, 500, 1500)))
    shelf = Shelf(redis, *(_index(random) for _ in range(3)))
    await shelf.open()
    await shelf.put({id: _body(random) for id in random.sample(_IDS, 50)})
    pages = [await _check(shelf, _query(random), in_full=False) for _ in range(60)]
    assert any(page.next is not None and len(page.items) < 7 for page in pages)


@seeds(6)
async def test_what_an_index_serves_needs_no_scan(redis: Redis, seed: int) -> None:
    random = Random(seed)
    fields = random.sample(PATHS, 3)
    declared = [random.choice(("", "-")) + path for path in fields]
    shelf = Shelf(redis, index(*declared), scan_limit=0)
    await shelf.open()
    await shelf.put({id: _body(random) for id in _IDS[:50]})
    for _ in range(40):
        equal = random.randint(0, 2)
        conditions = [_equal(random, path) for path in random.sample(fields[:equal], equal)]
        if random.random() < 0.3:
            conditions = [Condition(each.path, "in", tuple(random.sample(FEW, 3))) for each in conditions]
        turned = random.random() < 0.5
        following = [
            IndexField(field.strip("-"), field.startswith("-") is not turned) for field in declared[equal:]
        ]
        if random.random() < 0.5:
            conditions += _ranged(random, fields[equal])
        sort = following[: random.randint(0, len(following))]
        if sort:
            for path in {each.path for each in conditions if each.operator == "in"}:
                sort.insert(random.randint(0, len(sort)), IndexField(path, random.random() < 0.5))
        query = Query(tuple(conditions), tuple(sort), random.randint(1, 9), count=True)
        page = await _check(shelf, query)
        assert page.plan == (",".join(declared) if query.where or sort else "-_meta.created_at")


async def _check(shelf: Shelf, query: Query, *, in_full: bool = True) -> Page:
    """All pages of a query, and its count, are what they must be. The first page.

    in_full: whether there must be as many documents on a page as were asked for, on all but the last.
    """
    first = page = await shelf.page(query)
    found = _ids(page)
    while page.next is not None:
        assert len(page.items) == query.limit or not (in_full or len(page.items) > query.limit)
        page = await shelf.page(query.at(page.next))
        assert page.items or not in_full
        assert page.plan == first.plan
        found += _ids(page)
    used = next((each for each in shelf.indexes if each.name == first.plan), None)
    if first.plan is not None and used is None:
        assert first.plan == "-_meta.created_at"
        assert not query.where
    expected = in_order(shelf.documents, query, used)
    assert found == expected, (query, first.plan)
    assert first.count == (len(expected) if query.count else None), (query, first.plan)
    return first


def _ids(page: Page) -> list[str]:
    return [orjson.loads(item)["id"] for item in page.items]


def _flipped(sort: tuple[IndexField, ...]) -> tuple[IndexField, ...]:
    return tuple(IndexField(field.path, not field.descending) for field in sort)


_IDS = [f"{kind}{number}" for number in range(20) for kind in ("a", "A", "~", "zz.")]


def _body(random: Random) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for path in PATHS[:3]:
        if random.random() < 0.85:
            body[path] = _content(random)
    if random.random() < 0.85:
        body["d"] = {"e": _content(random)} if random.random() < 0.8 else _content(random)
    return body


def _content(random: Random) -> Any:
    match random.random():
        case dice if dice < 0.6:
            return random.choice(FEW)
        case dice if dice < 0.8:
            return random.choice(SCALARS)
        case dice if dice < 0.84:
            return {"x": 1}
    return [_element(random) for _ in range(random.randint(0, 4))]


def _element(random: Random) -> Any:
    match random.random():
        case dice if dice < 0.75:
            return random.choice(FEW)
        case dice if dice < 0.92:
            return random.choice(SCALARS)
    return random.choice(({}, [], ["a"]))


def _index(random: Random) -> Any:
    return index(*(random.choice(("", "-")) + path for path in random.sample(PATHS, random.randint(1, 3))))


def _query(random: Random) -> Query:
    conditions: list[Condition] = []
    for path in random.sample(PATHS, random.choice((0, 1, 1, 1, 2, 2, 3))):
        conditions += [_equal(random, path)] if random.random() < 0.6 else _ranged(random, path)
    paths = random.sample([*PATHS, "id"], random.choice((0, 0, 1, 1, 2, 3)))
    sort = tuple(IndexField(path, random.random() < 0.5) for path in paths)
    return Query(tuple(conditions), sort, random.choice((1, 2, 3, 7, 20, 1000)), count=random.random() < 0.7)


def _equal(random: Random, path: str) -> Condition:
    match random.random():
        case dice if dice < 0.6:
            return Condition(path, "eq", random.choice(FEW + SCALARS))
        case dice if dice < 0.7:
            return Condition(path, "exists", False)
    return Condition(path, "in", tuple(random.choices(FEW + SCALARS, k=random.randint(0, 4))))


def _ranged(random: Random, path: str) -> list[Condition]:
    match random.random():
        case dice if dice < 0.15:
            return [Condition(path, "exists", True)]
        case dice if dice < 0.35:
            return [Condition(path, "prefix", random.choice(("", "a", "a\0", "ab", "ü")))]
    low, high = random.choice(("gt", "gte")), random.choice(("lt", "lte"))
    bounds = [
        Condition(path, low, random.choice(FEW + SCALARS)),
        Condition(path, high, random.choice(FEW + SCALARS)),
    ]
    return bounds if random.random() < 0.3 else [random.choice(bounds)]


async def test_what_can_not_be_looked_through_is_refused_and_never_answered_in_part(redis: Redis) -> None:
    random = Random(1)
    shelf = Shelf(redis, index("a", "-b"), scan_limit=10)
    await shelf.open()
    await shelf.put({id: _body(random) for id in _IDS[:11]})
    refused = 0
    for _ in range(60):
        query = _query(random)
        try:
            await _check(shelf, query)
        except (IndexNeeded, QueryInvalid):
            refused += 1
    assert refused > 20

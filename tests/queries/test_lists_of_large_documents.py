"""Lists of large documents: neither a page nor a scan takes more of Redis than it can give at once."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from catalog.declared import Condition
from queries.errors import IndexNeeded, QueryInvalid
from queries.query import Query
from queries.scan import scan
from tests.projections.marks import KILLING
from tests.queries.gallery import Gallery
from tests.queries.rows import FLIGHTS, field, flights
from tests.queries.shelf import asking, ids, index, shelf_of

pytestmark = KILLING


@pytest.mark.parametrize("text", ["limit=1000", "limit=1000&where[n][gte]=0", "limit=1000&where[tags][gte]=0"])
async def test_a_page_of_large_documents_ends_at_16_mib_and_the_next_goes_on(redis: Redis, text: str) -> None:
    large: dict[str, Any] = {f"o{n}": {"n": n, "tags": [n, n + 1], "text": "x" * 2**20} for n in range(30)}
    shelf = await shelf_of(redis, index("n"), index("tags"), scan_limit=0, **large)
    query: Query | None = asking(text)
    seen: list[str] = []
    while query is not None:
        page = await shelf.page(query)
        assert sum(map(len, page.items)) < 21 * 2**20
        seen += ids(page)
        query = None if page.next is None else query.at(page.next)
    assert sorted(seen) == sorted(large)


async def test_more_than_64_mib_are_not_looked_through(redis: Redis) -> None:
    large: dict[str, Any] = {f"o{n}": {"n": n, "text": "x" * 2**20} for n in range(65)}
    shelf = await shelf_of(redis, **large)
    for text, refused in (("where[n]=1", IndexNeeded), ("where[n][gt]=1&where[m][gt]=1", QueryInvalid)):
        with pytest.raises(refused, match="65 documents of more than 64 MiB are too many to look through"):
            await shelf.page(asking(text))
    await shelf.remove("o0", "o1", "o2")
    assert ids(await shelf.page(asking("where[n]=3"))) == ["o3"]


async def test_a_document_is_read_once_for_a_page_however_many_of_its_elements_fit(redis: Redis) -> None:
    """A page of 20, behind 500 entries of one document of 1 MiB, is one page, and not 16 MiB of that."""
    large = {"tags": [f"a{n:03}" for n in range(500)], "text": "x" * 2**20}
    small = {f"o{n:02}": {"tags": [f"b{n:02}"]} for n in range(30)}
    shelf = await shelf_of(redis, index("tags"), scan_limit=0, large=large, **small)
    for text, expected in (
        ("where[tags][gte]=a&sort=tags", ["large", *sorted(small)[:19]]),
        ("where[tags][gte]=a&sort=-tags", sorted(small, reverse=True)[:20]),
        ("where[tags][gte]=a250&where[tags][lt]=b05&sort=tags", ["large", *sorted(small)[:5]]),
    ):
        before = await _sent(redis)
        assert ids(await shelf.page(asking(text))) == expected
        assert await _sent(redis) - before < 5 * 2**20


async def test_scans_at_one_time_are_held_to_what_there_is_room_for(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.lists.SCANS_BYTES", 1)
    under_way: list[int] = []
    most: list[int] = []

    async def counting(*given: Any) -> Any:
        under_way.append(1)
        most.append(len(under_way))
        try:
            await asyncio.sleep(0)
            return await scan(*given)
        finally:
            under_way.pop()

    monkeypatch.setattr("queries.lists.scan", counting)
    shelf = await shelf_of(redis, **{f"o{n}": {"n": n} for n in range(20)})
    pages = await asyncio.gather(*(shelf.page(asking(f"where[n]={n}")) for n in range(20)))
    assert [ids(page) for page in pages] == [[f"o{n}"] for n in range(20)]
    assert max(most) == 1


async def test_what_is_refused_by_its_number_alone_does_not_wait_for_what_is_looked_through(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.lists.SCANS_BYTES", 2 * 2**20)
    shelf = await shelf_of(redis, scan_limit=3, **{f"o{n}": {"n": n} for n in range(9)})
    for _ in range(2):
        with pytest.raises(IndexNeeded):
            await shelf.page(asking("where[n]=1"))
    async with shelf.queries._lists._room.of(2**20):
        with pytest.raises(IndexNeeded):
            await shelf.page(asking("where[n]=1"))


async def test_rows_of_views_that_are_looked_through_take_room_too(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.lists.SCANS_BYTES", 1)
    under_way, most = 0, 0

    async def counting(*given: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        found = await scan(*given)
        under_way -= 1
        return found

    monkeypatch.setattr("queries.view_lists.scan", counting)
    gallery = Gallery(redis, flights())
    await gallery.open()
    await gallery.put(FLIGHTS)
    query = Query(
        (Condition("carrier", "gte", "c10"), Condition("delay", "gte", 1)), (field("-delay"),), count=True
    )
    pages = await asyncio.gather(*(gallery.page(query) for _ in range(8)))
    assert len({page.count for page in pages}) == 1
    assert most == 1


async def _sent(redis: Redis) -> int:
    """Bytes that Redis has sent so far."""
    found: dict[str, Any] = await redis.info("stats")
    return int(found["total_net_output_bytes"])

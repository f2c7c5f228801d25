"""Lists of large documents: neither a page nor a scan takes more of Redis than it can give at once."""

from typing import Any

import pytest
from redis.asyncio import Redis

from queries.errors import IndexNeeded, QueryInvalid
from queries.query import Query
from tests.projections.marks import KILLING
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

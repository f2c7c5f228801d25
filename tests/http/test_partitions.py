"""A log of four partitions over HTTP: positions are lists where they must be, and nothing else differs."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from pymongo.asynchronous.database import AsyncDatabase

from app.settings import Settings
from catalog.store import Store
from tests.http.documents import Documents, problem
from tests.openapi.serving import Served, served
from tests.servers import fresh_redis

PATH = "/v1/collections/orders"


@pytest_asyncio.fixture(loop_scope="session")
async def four(deployed: Settings, home: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Served]:
    """A deployment of its own, with `orders` declared."""
    name = f"test_{secrets.token_hex(8)}"
    with fresh_redis() as redis:
        chosen = {"redis_url": redis.url, "database": name, "partitions": 4}
        async with served(deployed.model_copy(update=chosen)) as serving:
            assert (await serving.admin.put(PATH, json={"unique": [["number"]]})).status_code == 201
            yield serving
    await home.client.drop_database(name)
    # A process has one catalog; the deployment that the other tests use gets it back.
    await Store.open(home)


def positions(header: str) -> list[int]:
    return [int(position) for position in header.split(", ")]


async def test_four_partitions_read_like_one(four: Served) -> None:
    orders = Documents(four.user, "orders")
    written = [await orders.put(f"o{number}", {"number": number}) for number in range(16)]
    newest = max(written, key=lambda answer: str(answer.json()["_meta"]["created_at"]))
    assert (
        len({position >> 40 for answer in written for position in positions(answer.headers["fold-position"])})
        > 1
    )

    for number, answer in enumerate(written):
        read = await orders.get(f"o{number}", after=answer)
        assert read.content == answer.content
        assert [place >> 40 for place in positions(read.headers["fold-position"])] == [0, 1, 2, 3]
    everything = ",".join(answer.headers["fold-position"] for answer in written)
    page = await orders.get(fold_after=everything)
    assert {item["id"] for item in page.json()["items"]} == {f"o{number}" for number in range(16)}
    assert page.json()["items"][0]["_meta"]["created_at"] == newest.json()["_meta"]["created_at"]
    seen_again = await orders.get(fold_after=page.headers["fold-position"], prefer="wait=0")
    assert seen_again.content == page.content
    problem(await orders.get(fold_after=str(4 * 2**40)), 400, "query-invalid")


async def test_uniqueness_and_drops_hold_across_partitions(four: Served) -> None:
    orders = Documents(four.user, "orders")
    for number in range(8):
        assert (await orders.put(f"o{number}", {"number": number})).status_code == 201
    for number in range(8):
        problem(await orders.put(f"other{number}", {"number": number}), 409, "unique-taken")
    assert (await four.admin.delete(PATH)).status_code == 204
    assert (await four.admin.put(PATH, json={"unique": [["number"]]})).status_code == 201
    for number in range(8):
        problem(await orders.get(f"o{number}"), 404, "document-missing")
    for number in range(8):
        anew = await orders.put(f"o{7 - number}", {"number": number}, if_none_match="*")
        assert (anew.status_code, (await orders.get(f"o{7 - number}", after=anew)).content) == (
            201,
            anew.content,
        )
    assert len((await orders.get()).json()["items"]) == 8

"""An import over HTTP while MongoDB is away: each line has one outcome; sent again, the import is completed."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from itertools import count
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from tests.faults.stage import Stage
from tests.http.documents import Documents
from tests.http.importing import importing

LINES = 6_000
"""More than twice as many as can be under way at once, besides those that were answered before."""

BEGUN = 500

Told = dict[str, Any]

_numbers = count(1)


@asynccontextmanager
async def collected(stage: Stage) -> AsyncIterator[Documents]:
    """The documents of a new collection."""
    url, token = stage.up.run["api"], {"Authorization": f"Bearer {stage.token}"}
    async with httpx.AsyncClient(base_url=url, headers=token) as client:
        name = f"moved_{next(_numbers)}"
        (await client.put(f"/v1/collections/{name}", json={})).raise_for_status()
        yield Documents(client, name)


async def imported(stage: Stage, orders: Documents, trouble: str | None) -> tuple[list[Told], Told]:
    """What is answered to the lines, and at their end. `trouble`: what becomes of mongod after the first."""
    async with importing(orders, idempotency_key=orders.collection) as under_way:
        under_way.send(*({"n": number} for number in range(1, BEGUN + 1)))
        assert b" 200 " in await under_way.head()
        lines: list[Told] = []
        while trouble and len(lines) < BEGUN:
            lines += await under_way.answers()
        with without_mongod(stage, trouble):
            under_way.send(*({"n": number} for number in range(BEGUN + 1, LINES + 1)))
            under_way.end()
            lines += await under_way.all_answers()
        return lines[:-1], lines[-1]


@contextmanager
def without_mongod(stage: Stage, trouble: str | None) -> Iterator[None]:
    """mongod stands still, or is killed and not started again, while the block runs; or nothing happens."""
    with stage.frozen("mongod" if trouble == "frozen" else "supervisor") if trouble else nullcontext():
        if trouble == "killed":
            stage.kill("mongod")
        yield


async def made(mongo: AsyncMongoClient[dict[str, Any]], orders: Documents) -> list[tuple[int, str, int]]:
    """The documents that the log has: the line each is of, its id and its position."""
    query = {"stream": {"$gt": f"{orders.collection}/", "$lt": f"{orders.collection}0"}}
    found = await mongo["foldbase"]["commits"].find(query).to_list()
    return [(each["events"][0]["data"]["n"], each["stream"].split("/")[1], each["_id"]) for each in found]


@pytest.mark.parametrize("trouble", ["frozen", "killed"])
async def test_every_line_is_imported_once_though_mongodb_was_away_in_the_middle(
    trouble: str, impatient: Stage
) -> None:
    async with collected(impatient) as orders:
        first, summary = await imported(impatient, orders, trouble)
        assert [each["line"] for each in first] == list(range(1, len(first) + 1))
        assert BEGUN <= len(first) < LINES
        statuses = Counter(each["status"] for each in first)
        assert statuses.keys() == {201, 503}
        assert (summary["lines"], summary["written"]) == (len(first), statuses[201])
        assert summary["problem"]["type"] == "/problems/log-unavailable"

        again, summary = await imported(impatient, orders, None)
        while "problem" in summary:  # mongod is there again, and not yet for everybody
            again, summary = await imported(impatient, orders, None)
        assert summary["written"] == LINES
        assert [each["line"] for each in again] == list(range(1, LINES + 1))
        assert [before for before in first if before["status"] == 201] == [
            each for each, before in zip(again, first, strict=False) if before["status"] == 201
        ]
        async with AsyncMongoClient[dict[str, Any]](impatient.mongo) as mongo:
            kept = await made(mongo, orders)
        assert sorted(kept) == [(each["line"], each["id"], each["position"]) for each in again]

"""Without projections, or without Redis: reads say so and when to come back, writes go on, nothing is lost."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio
from pymongo.asynchronous.database import AsyncDatabase

from app.composition import deployment
from app.embedded import Running
from app.server import create_app, drain, start
from app.settings import Settings
from catalog.store import Store
from tests.http.documents import Documents, problem
from tests.openapi.serving import client, projecting
from tests.servers import fresh_redis


@dataclass(frozen=True)
class Alone:
    """An API without a projector, a client of it, and its own Redis."""

    settings: Settings
    admin: httpx.AsyncClient
    redis: Running


@asynccontextmanager
async def api(settings: Settings, redis: Running) -> AsyncIterator[Alone]:
    """Serve on the deployment's database and a Redis of its own."""
    async with deployment(settings) as built:
        app = create_app(built)
        app.config.TOUCHUP = False
        listening = socket.create_server(("127.0.0.1", 0))
        server = await start(app, listening)
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with client(url, settings, "admin") as admin:
                yield Alone(settings, admin, redis)
        finally:
            await drain(server)


@pytest_asyncio.fixture(loop_scope="session")
async def alone(deployed: Settings, home: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Alone]:
    """An API whose Redis is empty."""
    with fresh_redis() as redis:
        settings = deployed.model_copy(update={"redis_url": redis.url, "read_timeout": 0.5})
        async with api(settings, redis) as opened:
            yield opened
    # A process has one catalog; the deployment that the other tests use gets it back.
    await Store.open(home)


async def test_until_the_projections_are_filled_reads_are_put_off_and_writes_are_not(
    alone: Alone, collection: str
) -> None:
    orders = Documents(alone.admin, collection)
    assert (await alone.admin.put(f"/v1/collections/{collection}", json={})).status_code == 201
    written = await orders.put("o1", {"n": 1})
    assert written.status_code == 201
    for answer in (await orders.get("o1"), await orders.get(), await orders.get("nothing")):
        problem(answer, 503, "projection-behind")
        assert answer.headers["retry-after"] == "1"
    report = (await alone.admin.get("/v1/projections")).json()
    assert report["projectors"] == []
    assert [partition["checkpoint"] for partition in report["partitions"]] == [None]
    assert (await alone.admin.get("/health/ready")).status_code == 200
    async with projecting(alone.settings), asyncio.timeout(20):
        while (read := await orders.get("o1")).status_code == 503:
            await asyncio.sleep(0.01)
    assert read.content == written.content


async def test_without_redis_writes_go_on_and_reads_say_when_to_come_back(
    alone: Alone, collection: str
) -> None:
    orders = Documents(alone.admin, collection)
    await alone.admin.put(f"/v1/collections/{collection}", json={"unique": [["number"]]})
    await orders.put("o1", {"number": 1})
    alone.redis.process.kill()
    alone.redis.process.wait()

    assert (await orders.put("o1", {"number": 2})).status_code == 200
    assert (await orders.post({"number": 1})).status_code == 201
    problem(await orders.post({"number": 2}), 409, "unique-taken")
    for answer in (
        await orders.get("o1"),
        await orders.get(),
        await alone.admin.get("/v1/projections"),
        await alone.admin.post(f"/v1/projections/{collection}/rebuild"),
    ):
        told = problem(answer, 503, "projection-unavailable")
        assert answer.headers["retry-after"] == "1"
        assert told["detail"] == "the projections do not answer; try again"
    ready = await alone.admin.get("/health/ready")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "1")
    assert (await alone.admin.get("/health/live")).status_code == 200
    assert (await alone.admin.get("/v1/collections")).status_code == 200

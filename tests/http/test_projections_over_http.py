"""Projections over HTTP: how far they are, and rebuilding one while it is read."""

import asyncio
from typing import Any

import httpx

from tests.http.documents import Documents, problem


async def projection(admin: httpx.AsyncClient, collection: str) -> Any:
    """What is told of one collection's projection."""
    report = (await admin.get("/v1/projections")).json()
    return next(each for each in report["projections"] if each["collection"] == collection)


async def test_the_report_tells_positions_lag_and_who_is_at_work(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    written = await orders.put("o1", {})
    await orders.get("o1", after=written)
    async with asyncio.timeout(10):
        while _states(report := (await admin.get("/v1/projections")).json()) != ["LIVE"]:
            await asyncio.sleep(0.02)
    [partition] = report["partitions"]
    assert partition["head"] >= int(written.headers["fold-position"])
    assert partition["checkpoint"] == partition["head"]
    assert partition["lag"] == {"commits": 0, "seconds": 0.0}
    assert (await projection(admin, orders.collection))["generation"] > 0


async def test_a_rebuild_is_taken_on_and_done_while_readers_see_no_difference(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    for number in range(20):
        written = await orders.put(f"o{number}", {"n": number})
    before = await orders.get(after=written)
    generation = (await projection(admin, orders.collection))["generation"]

    asked = await admin.post(f"/v1/projections/{orders.collection}/rebuild")
    assert (asked.status_code, asked.headers["location"]) == (202, "/v1/projections")
    assert asked.json()["collection"] == orders.collection
    async with asyncio.timeout(20):
        while (rebuild := (await projection(admin, orders.collection))["rebuild"])["state"] != "done":
            assert rebuild["state"] != "failed", rebuild
            assert (await orders.get()).content == before.content
    assert (await orders.get()).content == before.content
    assert (await projection(admin, orders.collection))["generation"] > generation


async def test_what_is_not_declared_is_not_rebuilt(admin: httpx.AsyncClient) -> None:
    problem(await admin.post("/v1/projections/nothing/rebuild"), 404, "collection-missing")


def _states(report: Any) -> list[str]:
    return [each["state"] for projector in report["projectors"] for each in projector["partitions"]]

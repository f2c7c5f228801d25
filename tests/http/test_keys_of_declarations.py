"""Idempotency-Key of declarations, and of dropping what was declared."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest_asyncio

from app.once.once import Once
from app.once.receipts import RECEIPTS, Receipts
from commands.requests import Requests
from tests.http.documents import Documents, problem
from tests.http.ordering import Home, order, told
from tests.openapi.serving import Served, answering


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(site: Served) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator's client of a worker that does not know which requests others have under way."""
    built = site.deployment
    once = Once(Receipts(built.stores.database), built.catalog, built.log, Requests())
    async with answering(replace(built, once=once)) as other:
        yield other.admin


async def unkept(home: Home, collection: str) -> None:
    """Leave the newest receipt as a process does that dies right after it has changed a collection."""
    [receipt] = await home[RECEIPTS].find({"about": {"$exists": False}}).sort("at", -1).limit(1).to_list()
    await home["collections"].update_one({"_id": collection}, {"$set": {"note": receipt}})
    await home[RECEIPTS].delete_one({"_id": receipt["_id"]})


async def test_a_declaration_whose_process_died_is_answered_as_it_would_have_been(
    key: dict[str, str], collection: str, admin: httpx.AsyncClient, home: Home
) -> None:
    path = f"/v1/collections/{collection}"
    first = await admin.put(path, json={"indexes": [["n"]]}, headers=key)
    for again in range(2):
        await unkept(home, collection)
        if again:
            other = await admin.put(path, json={"require_if_match": True})
        assert told(await admin.put(path, json={"indexes": [["n"]]}, headers=key)) == told(first)
    assert (await admin.get(path)).json() == other.json()


async def test_a_drop_whose_process_died_is_answered_as_it_would_have_been(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    path = f"/v1/collections/{orders.collection}"
    assert (await admin.delete(path, headers=key)).status_code == 204
    for again in range(2):
        await unkept(home, orders.collection)
        if again:
            assert (await admin.put(path, json={})).status_code == 201
        assert (await admin.delete(path, headers=key)).status_code == 204
    assert (await admin.get(path)).status_code == 200


async def test_a_declaration_is_answered_again_as_it_was_and_not_declared_again(
    key: dict[str, str], collection: str, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{collection}"
    first = await admin.put(path, json={"indexes": [["n"]]}, headers=key)
    assert (first.status_code, first.headers["location"]) == (201, path)
    other = await admin.put(path, json={"require_if_match": True})
    assert told(await admin.put(path, json={"indexes": [["n"]]}, headers=key)) == told(first)
    assert (await admin.get(path)).json() == other.json()


async def test_a_declaration_that_changes_nothing_keeps_its_answer(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    first = await admin.put(path, json={}, headers=key)
    assert (first.status_code, first.json()["_meta"]["revision"]) == (200, 1)
    await admin.put(path, json={"require_if_match": True})
    assert told(await admin.put(path, json={}, headers=key)) == told(first)
    assert (await admin.get(path)).json()["_meta"]["revision"] == 2


async def test_a_collection_is_dropped_once_and_one_declared_since_stays(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    first = await admin.delete(path, headers=key)
    assert first.status_code == 204
    assert (await admin.put(path, json={})).status_code == 201
    assert told(await admin.delete(path, headers=key)) == told(first)
    assert (await admin.get(path)).status_code == 200


async def test_a_refused_declaration_leaves_no_receipt(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    await orders.put("o1", {})
    for _ in range(2):
        refused = await admin.put(path, json={"unique": [["n"]]}, headers=key)
        problem(refused, 409, "unique-needs-empty")
    assert (await admin.put(path, json={"indexes": [["n"]]}, headers=key)).status_code == 200


async def test_of_workers_that_take_one_declaration_at_a_time_one_declares_it(
    key: dict[str, str], collection: str, admin: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{collection}"
    sent = [client.put(path, json={}, headers=key) for client in (admin, elsewhere) * 6]
    answers = await asyncio.gather(*sent)
    under_way = [answer for answer in answers if answer.status_code == 409]
    for answer in under_way:
        problem(answer, 409, "request-under-way")
    done = {told(answer) for answer in answers if answer.status_code != 409}
    assert [status for status, _, _ in done] == [201]
    assert (await admin.get(path)).json()["_meta"]["revision"] == 1


async def test_a_key_belongs_to_one_order_and_to_its_caller(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    path = f"/v1/collections/{orders.collection}"
    written = await admin.post(orders.path, json={}, headers={"idempotency-key": "of-a-document"})
    assert written.status_code == 201
    for used in (key, {"idempotency-key": "of-a-document"}):
        await admin.put(path, json={}, headers=key)
        problem(await admin.put(path, json={"indexes": [["n"]]}, headers=used), 422, "request-differs")
        problem(await admin.delete(path, headers=used), 422, "request-differs")
        problem(await order(admin, orders.collection, "rebuild", used), 422, "request-differs")
    assert (await orders.post({}, idempotency_key=key["idempotency-key"])).status_code == 201


async def test_a_key_of_an_order_is_not_taken_for_a_document(
    key: dict[str, str], collection: str, admin: httpx.AsyncClient
) -> None:
    documents, told = Documents(admin, collection), {"idempotency_key": key["idempotency-key"]}
    first = await admin.put(f"/v1/collections/{collection}", json={}, headers=key)
    problem(await documents.put("o1", {}, **told), 422, "request-differs")
    for atomic in (True, False):
        command = {"command": "create", "collection": collection, "body": {}}
        batch = await admin.post("/v1/batch", json={"atomic": atomic, "commands": [command]}, headers=key)
        problem(batch, 422, "request-differs")
    again = await admin.put(f"/v1/collections/{collection}", json={}, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    last = await documents.put("~", {})
    assert (last.status_code, last.headers["etag"]) == (201, '"1"')
    assert [each["id"] for each in (await documents.get(after=last)).json()["items"]] == ["~"]

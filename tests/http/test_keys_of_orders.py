"""Idempotency-Key of what is no write of a document: declarations, rebuilds, parked documents."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pymongo.asynchronous.database import AsyncDatabase

from app.once.once import Once
from app.once.receipts import GIVEN_UP, RECEIPTS, Receipts
from commands.requests import Requests
from events.commit import Event, NewCommit
from events.log import EventLog
from events.position import Position, Version, stream_name
from events.skips import SKIPS
from tests.http.documents import Documents, problem
from tests.openapi.serving import Served, answering
from tests.projections.world import until

Home = AsyncDatabase[dict[str, Any]]

_numbers = count(1)


@pytest.fixture
def key() -> dict[str, str]:
    """The header with a key that no other test uses."""
    return {"idempotency-key": f"order-{next(_numbers)}"}


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(site: Served) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator's client of a worker that does not know which requests others have under way."""
    built = site.deployment
    once = Once(Receipts(built.stores.database), built.catalog, built.log, Requests())
    async with answering(replace(built, once=once)) as other:
        yield other.admin


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """What of an answer must be the same when it is given again."""
    return answer.status_code, answer.content, answer.headers.get("location")


async def state(admin: httpx.AsyncClient, collection: str) -> Any:
    """What is told of one collection's projection."""
    report = (await admin.get("/v1/projections")).json()
    return next(each for each in report["projections"] if each["collection"] == collection)


async def order(
    admin: httpx.AsyncClient, collection: str, verb: str, key: dict[str, str] | None = None, body: Any = None
) -> httpx.Response:
    """Steer a projection."""
    path = f"/v1/projections/{collection}/{verb}"
    return await admin.post(path, json=body, headers=key)


async def rebuilt(admin: httpx.AsyncClient, collection: str, key: dict[str, str] | None = None) -> None:
    """Rebuild a projection that has a document, and keep the generation before."""
    documents = Documents(admin, collection)
    await documents.get("o1", after=await documents.put("o1", {}))
    ordered = await order(admin, collection, "rebuild", key, {"keep": True})
    assert ordered.status_code == 202, ordered.text

    async def is_done() -> bool:
        return bool((await state(admin, collection))["rebuild"]["state"] == "done")

    await until(is_done)


async def unanswered(home: Home, *, since: timedelta) -> None:
    """Leave the newest receipt as a process does that dies between an effect and its answer."""
    [receipt] = await home[RECEIPTS].find({"about": {"$exists": True}}).sort("at", -1).limit(1).to_list()
    change = {"$unset": {"answer": ""}, "$set": {"at": receipt["at"] - since}}
    await home[RECEIPTS].update_one({"_id": receipt["_id"]}, change)


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


async def test_a_key_of_a_rebuild_is_not_taken_for_a_document(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    await rebuilt(admin, orders.collection, key)
    documents = Documents(admin, orders.collection)
    refused = await documents.put("o2", {}, idempotency_key=key["idempotency-key"])
    problem(refused, 422, "request-differs")


@pytest.mark.parametrize("verb", ["rebuild", "pause", "resume", "cancel", "rollback", "forget"])
async def test_a_key_that_can_not_be_is_refused(verb: str, orders: Documents, admin: httpx.AsyncClient) -> None:
    refused = await order(admin, orders.collection, verb, {"idempotency-key": '"'})
    problem(refused, 400, "header-invalid")


@pytest.mark.parametrize("died", [False, True])
async def test_a_rollback_that_is_sent_again_is_not_undone(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    await rebuilt(admin, orders.collection)
    kept = (await state(admin, orders.collection))["kept"]
    first = await order(admin, orders.collection, "rollback", key)
    assert first.json()["generation"] == kept
    if died:
        await unanswered(home, since=GIVEN_UP)
    assert told(await order(admin, orders.collection, "rollback", key)) == told(first)
    assert (await state(admin, orders.collection))["generation"] == kept


@pytest.mark.parametrize("died", [False, True])
async def test_a_rollback_that_another_one_has_undone_is_not_done_again(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    await rebuilt(admin, orders.collection)
    newest = (await state(admin, orders.collection))["generation"]
    first = await order(admin, orders.collection, "rollback", key)
    if died:
        await unanswered(home, since=GIVEN_UP)
    undone = await order(admin, orders.collection, "rollback")
    assert undone.json()["generation"] == newest
    before = await state(admin, orders.collection)
    again = await order(admin, orders.collection, "rollback", key)
    assert again.json() == (undone if died else first).json()
    assert await state(admin, orders.collection) == before


async def test_a_rollback_with_nothing_kept_is_refused_whatever_its_key(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    problem(await order(admin, orders.collection, "rollback", key), 409, "nothing-kept")
    await rebuilt(admin, orders.collection)
    assert (await order(admin, orders.collection, "rollback", key)).status_code == 200


@pytest.mark.parametrize("died", [False, True])
async def test_a_rebuild_is_ordered_once(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    await rebuilt(admin, orders.collection, key)
    before = await state(admin, orders.collection)
    if died:
        await unanswered(home, since=GIVEN_UP)
    again = await order(admin, orders.collection, "rebuild", key, {"keep": True})
    assert (again.status_code, again.json()["state"]) == (202, "done" if died else "queued")
    assert await state(admin, orders.collection) == before


@pytest.mark.parametrize("died", [False, True])
async def test_a_rebuild_is_steered_once_and_the_next_one_is_left_alone(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    for number in range(8):
        await orders.put(f"o{number}", {})
    await order(admin, orders.collection, "rebuild", None, {"max_rate": 1})
    first = await order(admin, orders.collection, "cancel", key)
    assert first.json()["state"] == "cancelled"
    if died:
        await unanswered(home, since=GIVEN_UP)
        assert (await order(admin, orders.collection, "cancel", key)).json()["state"] == "cancelled"
    await order(admin, orders.collection, "rebuild", None, {"max_rate": 1})
    assert (await order(admin, orders.collection, "cancel", key)).json()["state"] == "cancelled"
    assert (await state(admin, orders.collection))["rebuild"]["state"] in ("queued", "running")
    await order(admin, orders.collection, "cancel")


@pytest.mark.parametrize("died", [False, True])
async def test_the_generation_kept_is_forgotten_once_and_a_later_one_stays(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    await rebuilt(admin, orders.collection)
    assert (await order(admin, orders.collection, "forget", key)).status_code == 204
    await rebuilt(admin, orders.collection)
    if died:
        await unanswered(home, since=GIVEN_UP)
    assert (await order(admin, orders.collection, "forget", key)).status_code == 204
    assert (await state(admin, orders.collection))["kept"] is not None


async def test_what_a_process_left_without_an_answer_is_under_way_until_it_is_given_up(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    await rebuilt(admin, orders.collection)
    await order(admin, orders.collection, "forget", key)
    await unanswered(home, since=timedelta())
    problem(await order(admin, orders.collection, "forget", key), 409, "request-under-way")


async def test_a_refused_order_leaves_no_receipt(
    key: dict[str, str], orders: Documents, admin: httpx.AsyncClient
) -> None:
    problem(await order(admin, orders.collection, "forget", key), 409, "nothing-kept")
    await rebuilt(admin, orders.collection)
    assert (await order(admin, orders.collection, "forget", key)).status_code == 204


@pytest.mark.parametrize("died", [False, True])
async def test_one_commit_is_left_out_however_often_that_is_sent(
    died: bool, key: dict[str, str], orders: Documents, admin: httpx.AsyncClient, home: Home
) -> None:
    path = f"/v1/parked/{orders.collection}/o1"
    await orders.put("o1", {})
    places = await odd(home, orders)
    read = await orders.get("o1", fold_after=str(places[-1]))
    assert read.headers["fold-stale"] == str(places[0])

    first = await admin.post(f"{path}/skip", headers=key)
    assert first.json()["parked"]["position"] == places[1]
    if died:
        await unanswered(home, since=GIVEN_UP)
    again = await admin.post(f"{path}/skip", headers=key)
    assert again.json()["parked"]["position"] == places[1]
    assert [skip["_id"] for skip in await home[SKIPS].find({"_id": {"$in": places}}).to_list()] == places[:1]

    tried = await admin.post(f"{path}/retry", headers={"idempotency-key": f"{key['idempotency-key']}-retry"})
    assert tried.json()["applied"] is False
    assert (await admin.post(f"{path}/skip")).json()["applied"]
    retried = await admin.post(f"{path}/retry", headers={"idempotency-key": f"{key['idempotency-key']}-retry"})
    assert told(retried) == told(tried)


async def odd(home: Home, orders: Documents) -> list[Position]:
    """The positions of two commits that nobody can apply."""
    log = await EventLog.open(home)
    stream = stream_name(orders.collection, "o1")
    news = [NewCommit(stream, Version(n), [Event("frobbed", {})], "user:eve") for n in (1, 2)]
    places = [(await log.append(new)).position for new in news]
    await log.close()
    return places

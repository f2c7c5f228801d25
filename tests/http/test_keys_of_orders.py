"""Idempotency-Key of what steers projections and works off parked documents."""

from datetime import timedelta

import httpx
import pytest

from app.once.receipts import GIVEN_UP, RECEIPTS
from events.commit import Event, NewCommit
from events.log import EventLog
from events.position import Position, Version, stream_name
from events.skips import SKIPS
from tests.http.documents import Documents, problem
from tests.http.ordering import Home, order, rebuilt, state, told


async def unanswered(home: Home, *, since: timedelta) -> None:
    """Leave the newest receipt as a process does that dies between an effect and its answer."""
    [receipt] = await home[RECEIPTS].find({"about": {"$exists": True}}).sort("at", -1).limit(1).to_list()
    change = {"$unset": {"answer": ""}, "$set": {"at": receipt["at"] - since}}
    await home[RECEIPTS].update_one({"_id": receipt["_id"]}, change)


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

"""What is answered about parked documents is what is described, and a read says that it is stale."""

from typing import Any

import pytest_asyncio

from app.mongo_client import mongo_client
from app.settings import Settings
from events.commit import Event, NewCommit
from events.log import EventLog
from events.position import Version, stream_name
from tests.openapi.answers import check, problem_of
from tests.openapi.serving import Served

O1 = "/v1/documents/orders/o1"
PARKED = "/v1/parked/orders/o1"


async def append(settings: Settings, id: str, expected: int, *types: str) -> int:
    """Append events that nobody knows to a document of orders; the position."""
    events = [Event(each, {"n": 1}) for each in types]
    async with mongo_client(settings) as mongo:
        log = await EventLog.open(mongo[settings.database])
        new = NewCommit(stream_name("orders", id), Version(expected), events, "user:eve")
        place = (await log.append(new)).position
        await log.close()
    return place


@pytest_asyncio.fixture
async def place(running: Served, settings: Settings) -> int:
    """Where o1 of orders is parked, a document of one version; another commit waits behind."""
    await running.admin.put("/v1/collections/orders", json={})
    await running.user.put(O1, json={"n": 0})
    place = await append(settings, "o1", 1, "painted")
    last = await append(settings, "o1", 2, "replaced")
    seen = await running.user.get(O1, headers={"Fold-After": str(last)})
    assert seen.headers["fold-stale"] == str(place)
    return place


async def test_a_parked_document_is_read_as_it_was_and_not_changed(
    running: Served, place: int, described: dict[str, Any]
) -> None:
    read = await running.user.get(O1)
    check(described, "document_read", read)
    assert read.json()["_meta"]["stale_since"] == place
    assert (read.json()["n"], read.headers["etag"]) == (0, '"1"')
    for name, method in (("document_put", "PUT"), ("document_patch", "PATCH"), ("document_delete", "DELETE")):
        refused = await running.user.request(method, O1, json={"n": 5})
        check(described, name, refused)
        assert problem_of(refused) == "history-unreadable"


async def test_pages_with_a_parked_document_say_so(
    running: Served, place: int, described: dict[str, Any]
) -> None:
    for name, method, path in (
        ("document_page", "GET", "/v1/documents/orders"),
        ("document_query", "QUERY", "/v1/documents/orders"),
        ("document_query_post", "POST", "/v1/documents/orders/query"),
    ):
        page = await running.user.request(method, path, json=None if method == "GET" else {})
        check(described, name, page)
        assert page.headers["fold-stale"] == str(place)


async def test_what_is_parked_is_listed_shown_and_counted(
    running: Served, place: int, described: dict[str, Any]
) -> None:
    listed = await running.admin.get("/v1/parked")
    check(described, "parked_list", listed)
    [parked] = listed.json()["parked"]
    assert [parked[name] for name in ("collection", "id", "position", "waiting")] == ["orders", "o1", place, 2]
    shown = await running.admin.get(PARKED)
    check(described, "parked_show", shown)
    commits = shown.json()["commits"]
    assert [event["type"] for commit in commits for event in commit["events"]] == ["painted", "replaced"]
    assert (await running.admin.get("/v1/projections")).json()["projections"][0]["parked"] == 1
    assert 'foldbase_parked{collection="orders"} 1.0' in (await running.admin.get("/metrics")).text
    assert (await running.nobody.get("/health/ready")).status_code == 200


async def test_numbers_that_json_does_not_have_are_shown_as_what_they_are(
    running: Served, settings: Settings, described: dict[str, Any]
) -> None:
    await running.admin.put("/v1/collections/orders", json={})
    event = Event("created", {"n": [float("nan"), None, {"m": float("-inf")}]})
    async with mongo_client(settings) as mongo:
        log = await EventLog.open(mongo[settings.database])
        last = await log.append(NewCommit(stream_name("orders", "o1"), Version(0), [event], "user:eve"))
        await log.close()
    await running.user.get("/v1/documents/orders", headers={"Fold-After": str(last.position)})
    shown = await running.admin.get(PARKED)
    check(described, "parked_show", shown)
    [commit] = shown.json()["commits"]
    assert commit["events"] == [{"type": "created", "data": {"n": ["nan", None, {"m": "-inf"}]}}]
    refused = await running.user.put(O1, json={"n": 5})
    assert (refused.status_code, problem_of(refused)) == (409, "history-unreadable")


async def test_a_parked_document_is_retried_and_skipped_and_then_like_any_other(
    running: Served, place: int, described: dict[str, Any]
) -> None:
    retried = await running.admin.post(f"{PARKED}/retry")
    check(described, "parked_retry", retried)
    assert retried.json()["parked"]["position"] == place
    skipped = await running.admin.post(f"{PARKED}/skip")
    check(described, "parked_skip", skipped)
    assert skipped.json() == {"collection": "orders", "id": "o1", "applied": True, "parked": None}
    healed = await running.user.get(O1)
    assert "fold-stale" not in healed.headers
    assert (healed.json()["n"], healed.headers["etag"]) == (1, '"3"')
    change = {"json": {"n": 5}, "headers": {"If-Match": healed.headers["etag"]}}
    assert (await running.user.patch(O1, **change)).headers["etag"] == '"4"'

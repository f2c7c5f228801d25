"""What is answered about parked documents is what is described, and a read says that it is stale."""

from typing import Any

from app.settings import Settings
from app.stores import mongo_client
from events.commit import Event, NewCommit
from events.log import EventLog
from events.position import Version, stream_name
from tests.openapi.answers import check, problem_of
from tests.openapi.serving import Served


async def append(settings: Settings, id: str, expected: int, *types: str) -> int:
    """Append events that nobody knows to a document of orders; the position."""
    events = [Event(each, {"n": 1}) for each in types]
    async with mongo_client(settings) as mongo:
        log = await EventLog.open(mongo[settings.database])
        new = NewCommit(stream_name("orders", id), Version(expected), events, "user:eve")
        place = (await log.append(new)).position
        await log.close()
    return place


async def test_a_parked_document_is_read_as_it_was_listed_and_worked_off(
    running: Served, settings: Settings, described: dict[str, Any]
) -> None:
    admin, path = running.admin, "/v1/parked/orders/o1"
    await admin.put("/v1/collections/orders", json={})
    await running.user.put("/v1/documents/orders/o1", json={"n": 0})
    place = await append(settings, "o1", 1, "painted")
    await append(settings, "o1", 2, "replaced")

    read = await running.user.get("/v1/documents/orders/o1", headers={"Fold-After": str(place + 1)})
    check(described, "document_read", read)
    assert (read.headers["fold-stale"], read.json()["_meta"]["stale_since"]) == (str(place), place)
    assert (read.json()["n"], read.headers["etag"]) == (0, '"1"')
    listed = await admin.get("/v1/parked")
    check(described, "parked_list", listed)
    [parked] = listed.json()["parked"]
    assert (parked["collection"], parked["id"], parked["position"], parked["waiting"]) == (
        "orders",
        "o1",
        place,
        2,
    )
    shown = await admin.get(path)
    check(described, "parked_show", shown)
    assert [event["type"] for commit in shown.json()["commits"] for event in commit["events"]] == [
        "painted",
        "replaced",
    ]
    assert (await admin.get("/v1/projections")).json()["projections"][0]["parked"] == 1
    assert 'foldbase_parked{collection="orders"} 1.0' in (await admin.get("/metrics")).text
    assert (await running.nobody.get("/health/ready")).status_code == 200

    for name, method in (("document_put", "PUT"), ("document_patch", "PATCH"), ("document_delete", "DELETE")):
        refused = await running.user.request(method, "/v1/documents/orders/o1", json={"n": 5})
        check(described, name, refused)
        assert problem_of(refused) == "history-unreadable"

    retried = await admin.post(f"{path}/retry")
    check(described, "parked_retry", retried)
    assert retried.json()["parked"]["position"] == place
    skipped = await admin.post(f"{path}/skip")
    check(described, "parked_skip", skipped)
    assert skipped.json() == {"collection": "orders", "id": "o1", "applied": True, "parked": None}
    healed = await running.user.get("/v1/documents/orders/o1")
    assert "fold-stale" not in healed.headers
    assert (healed.json()["n"], healed.headers["etag"]) == (1, '"3"')
    change = {"json": {"n": 5}, "headers": {"If-Match": healed.headers["etag"]}}
    assert (await running.user.patch("/v1/documents/orders/o1", **change)).headers["etag"] == '"4"'

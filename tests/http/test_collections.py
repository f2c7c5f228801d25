"""Collections over HTTP: declared, read, changed, dropped, declared anew."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.http.documents import TIMESTAMP, Documents, problem

DECLARATION = {
    "schema": {"type": "object", "properties": {"n": {"type": "integer"}}},
    "unique": [["number"]],
    "indexes": [["-n"]],
    "views": {"by_n": {"group_by": ["n"], "measures": {"count": "count"}}},
    "require_if_match": True,
}


async def test_a_collection_is_declared_read_and_listed(admin: httpx.AsyncClient, collection: str) -> None:
    path = f"/v1/collections/{collection}"
    declared = await admin.put(path, json=DECLARATION)
    assert (declared.status_code, declared.headers["location"]) == (201, path)
    told = declared.json()
    assert {name: told[name] for name in DECLARATION} == DECLARATION
    assert (told["name"], told["_meta"]["revision"]) == (collection, 1)
    assert re.fullmatch(TIMESTAMP, told["_meta"]["created_at"])
    assert told["_meta"]["updated_at"] == told["_meta"]["created_at"]
    assert (await admin.get(path)).json() == told
    assert told in (await admin.get("/v1/collections")).json()["items"]
    assert (await admin.head(path)).status_code == 200


async def test_the_same_declaration_again_changes_nothing_and_another_counts_up(
    admin: httpx.AsyncClient, collection: str
) -> None:
    path = f"/v1/collections/{collection}"
    first = await admin.put(path, json={})
    again = await admin.put(path, json={"unique": []})
    assert (again.status_code, again.json()) == (200, first.json())
    assert "location" not in again.headers
    changed = await admin.put(path, json={"require_if_match": True})
    assert (changed.status_code, changed.json()["_meta"]["revision"]) == (200, 2)


async def test_a_collection_that_was_read_can_be_sent_back(admin: httpx.AsyncClient, collection: str) -> None:
    path = f"/v1/collections/{collection}"
    await admin.put(path, json=DECLARATION)
    read = (await admin.get(path)).json()
    same = await admin.put(path, json=read)
    assert (same.status_code, same.json()) == (200, read)
    changed = await admin.put(path, json=read | {"require_if_match": False})
    assert changed.json()["_meta"]["revision"] == 2
    stale = await admin.put(path, json=read | {"require_if_match": True})
    assert problem(stale, 422, "declaration-invalid")["errors"][0]["pointer"] == "/_meta"
    other = await admin.put(path, json={"name": "other"})
    assert problem(other, 422, "declaration-invalid")["errors"][0]["pointer"] == "/name"


async def test_a_declaration_is_changed_only_where_nobody_was_faster(
    admin: httpx.AsyncClient, collection: str
) -> None:
    path, once = f"/v1/collections/{collection}", {"if-none-match": "*"}
    stale = problem(await admin.put(path, json={}, headers={"if-match": "*"}), 412, "version-conflict")
    assert stale["version"] == 0
    made = await admin.put(path, json={}, headers=once)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert problem(await admin.put(path, json={}, headers=once), 412, "version-conflict")["version"] == 1
    based = {"if-match": made.headers["etag"]}
    changed = await admin.put(path, json={"require_if_match": True}, headers=based)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = problem(await admin.put(path, json={"indexes": [["n"]]}, headers=based), 412, "version-conflict")
    assert (stale["version"], stale["detail"]) == (
        2,
        f"the precondition failed: {collection} is at revision 2; read it again",
    )
    problem(await admin.delete(path, headers=based), 412, "version-conflict")
    same = await admin.put(path, json={"require_if_match": True}, headers={"if-match": '"1", "2-gzip"'})
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')
    for wrong in ({"if-match": "2"}, {"if-none-match": '"2"'}):
        problem(await admin.put(path, json={}, headers=wrong), 400, "header-invalid")
    assert (await admin.delete(path, headers={"if-match": '"2"'})).status_code == 204
    anew = await admin.put(path, json={}, headers=once)
    assert (anew.status_code, anew.headers["etag"]) == (201, '"4"')


async def test_of_declarations_based_on_one_revision_one_is_made(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    path, based = f"/v1/collections/{orders.collection}", {"if-match": '"1"'}
    wanted = [{"indexes": [[f"n{number}"]]} for number in range(6)]
    answers = await asyncio.gather(*(admin.put(path, json=each, headers=based) for each in wanted))
    [won] = [answer for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    assert (await admin.get(path)).json() == won.json()


async def test_a_declaration_that_is_known_is_not_sent_again(admin: httpx.AsyncClient, collection: str) -> None:
    path = f"/v1/collections/{collection}"
    large = {"schema": {"properties": {f"field_{number}": {"type": "string"} for number in range(100)}}}
    await admin.put(path, json=large)
    for coding in ("identity", "gzip"):
        read = await admin.get(path, headers={"accept-encoding": coding})
        assert read.headers["etag"] == {"identity": '"1"', "gzip": '"1-gzip"'}[coding]
        known = {"if-none-match": read.headers["etag"], "accept-encoding": coding}
        again = await admin.get(path, headers=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", read.headers["etag"])
        assert (await admin.get(path, headers={"if-match": read.headers["etag"]})).status_code == 200
    problem(await admin.get(path, headers={"if-match": '"7"'}), 412, "version-conflict")
    await admin.put(path, json={})
    assert (await admin.get(path, headers=known)).status_code == 200


async def test_everything_that_is_wrong_with_a_declaration_is_told(
    admin: httpx.AsyncClient, collection: str
) -> None:
    wrong = {"schema": {"type": "text"}, "unique": [[]], "indexs": [], "views": {"V": {}}}
    told = problem(await admin.put(f"/v1/collections/{collection}", json=wrong), 422, "declaration-invalid")
    pointers = {error["pointer"].split("/")[1] for error in told["errors"] if error["pointer"]}
    assert pointers >= {"schema", "unique", "views"}
    problem(await admin.get(f"/v1/collections/{collection}"), 404, "collection-missing")


@pytest.mark.parametrize("name", ["Orders", "1x", "_x", "a-b", "a.b", "ä", "x" * 64, "batch", "%00", "a%20b"])
async def test_a_name_that_can_not_be_is_refused_and_never_found(name: str, admin: httpx.AsyncClient) -> None:
    path = f"/v1/collections/{name}"
    problem(await admin.put(path, json={}), 422, "declaration-invalid")
    problem(await admin.get(path), 404, "collection-missing")
    problem(await admin.delete(path), 404, "collection-missing")
    problem(await admin.get(f"/v1/documents/{name}"), 404, "collection-missing")
    problem(await admin.put(f"/v1/documents/{name}/o1", json={}), 404, "collection-missing")


@pytest.mark.parametrize("body", [[], None, 1, "x"], ids=str)
async def test_a_declaration_is_an_object(body: Any, admin: httpx.AsyncClient, collection: str) -> None:
    answer = await admin.put(
        f"/v1/collections/{collection}", content=str(body).replace("None", "null").replace("x", '"x"'),
        headers={"content-type": "application/json"},
    )  # fmt: skip
    problem(answer, 422, "declaration-invalid")


async def test_a_percent_encoded_name_is_the_same_name(
    orders: Documents, admin: httpx.AsyncClient, collection: str
) -> None:
    encoded = collection.replace("_", "%5F")
    assert (await admin.get(f"/v1/collections/{encoded}")).json()["name"] == collection
    assert (await admin.put(f"/v1/collections/{encoded}", json={})).status_code == 200
    written = await Documents(orders.client, encoded).put("o1", {"n": 1})
    assert written.headers["location"] == orders.of("o1")
    assert (await orders.get("o1", after=written)).content == written.content


async def test_what_was_never_declared_has_no_documents_whatever_is_asked(user: httpx.AsyncClient) -> None:
    nothing = Documents(user, "nothing_here")
    for answer in (
        await nothing.get(),
        await nothing.get("o1"),
        await nothing.post({}),
        await nothing.put("o1", {}),
        await nothing.patch("o1", {}),
        await nothing.delete("o1"),
        await nothing.restore("o1"),
    ):
        told = problem(answer, 404, "collection-missing")
        assert "nothing_here" in told["detail"]


async def test_a_unique_set_can_not_be_added_over_documents(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    assert (await admin.put(path, json={"unique": [["a"]]})).status_code == 200
    await orders.put("o1", {"a": 1})
    problem(await admin.put(path, json={"unique": [["a"], ["b"]]}), 409, "unique-needs-empty")
    assert (await admin.put(path, json={})).status_code == 200


async def test_a_dropped_collection_is_gone_and_begins_anew_when_declared_again(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    await admin.put(path, json={"unique": [["number"]]})
    await orders.put("o1", {"number": 1})
    await orders.put("o2", {"number": 2})
    last = await orders.delete("o2")
    assert (await orders.get("o1", after=last)).status_code == 200

    dropped = await admin.delete(path)
    assert (dropped.status_code, dropped.content) == (204, b"")
    problem(await admin.delete(path), 404, "collection-missing")
    problem(await orders.get("o1"), 404, "collection-missing")
    problem(await orders.put("o1", {}), 404, "collection-missing")

    anew = await admin.put(path, json={"unique": [["number"]]})
    assert (anew.status_code, anew.json()["_meta"]["revision"]) == (201, 4)
    assert (await orders.get()).json()["items"] == []
    problem(await orders.get("o1"), 404, "document-missing")
    problem(await orders.patch("o1", {}), 404, "document-missing")
    problem(await orders.restore("o2"), 404, "document-missing")
    taken_before = await orders.put("o3", {"number": 1})
    assert taken_before.status_code == 201
    back = await orders.put("o1", {"number": 2}, if_none_match="*")
    assert (back.status_code, back.headers["etag"]) == (201, '"2"')
    page = await orders.get(after=back)
    assert [item["id"] for item in page.json()["items"]] == ["o1", "o3"]


async def test_dropping_and_declaring_again_over_and_over_leaves_nothing_behind(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/collections/{orders.collection}"
    for number in range(5):
        written = await orders.put("o1", {"n": number})
        read = await orders.get("o1", after=written)
        assert (written.status_code, read.json()["n"]) == (201, number)
        assert len((await orders.get()).json()["items"]) == 1
        assert (await admin.delete(path)).status_code == 204
        assert (await admin.put(path, json={})).status_code == 201

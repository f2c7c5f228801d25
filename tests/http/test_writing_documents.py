"""Writing documents over HTTP: what each method answers, to the letter."""

import re

import httpx
import pytest

from tests.http.documents import JSON_PATCH, TIMESTAMP, Documents, problem

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


async def test_post_makes_a_document_and_says_where_it_is(orders: Documents) -> None:
    answer = await orders.post({"status": "new", "total": 9.5})
    assert answer.status_code == 201
    document = answer.json()
    assert re.fullmatch(UUID7, document["id"])
    assert list(document) == ["id", "status", "total", "_meta"]
    meta = document["_meta"]
    assert list(meta) == ["version", "position", "created_at", "updated_at", "updated_by"]
    assert (meta["version"], meta["updated_by"]) == (1, "user:user")
    assert re.fullmatch(TIMESTAMP, meta["created_at"])
    assert meta["created_at"] == meta["updated_at"]
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["fold-position"] == str(meta["position"])
    assert answer.headers["location"] == orders.of(document["id"])
    assert answer.headers["content-type"] == "application/json"


async def test_post_takes_the_id_of_the_body(orders: Documents) -> None:
    answer = await orders.post({"id": "o-1", "n": 1})
    assert (answer.status_code, answer.json()["id"]) == (201, "o-1")
    assert answer.headers["location"] == orders.of("o-1")


async def test_post_of_an_id_that_is_there_is_refused(orders: Documents) -> None:
    await orders.put("o1", {})
    problem(await orders.post({"id": "o1"}), 409, "document-exists")


async def test_put_creates_then_replaces(orders: Documents) -> None:
    created = await orders.put("o1", {"n": 1})
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert created.headers["location"] == orders.of("o1")
    replaced = await orders.put("o1", {"m": 2})
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    assert "location" not in replaced.headers
    assert list(replaced.json()) == ["id", "m", "_meta"]
    assert replaced.json()["_meta"]["created_at"] == created.json()["_meta"]["created_at"]


async def test_a_write_that_changes_nothing_answers_with_what_is_there(orders: Documents) -> None:
    first = await orders.put("o1", {"n": 1})
    await orders.put("o2", {"n": 1})
    patch = [{"op": "test", "path": "/n", "value": 1}]
    for again in (
        await orders.put("o1", {"n": 1}),
        await orders.patch("o1", {"n": 1}),
        await orders.patch("o1", {}),
        await orders.patch("o1", patch, content_type=JSON_PATCH),
    ):
        assert again.status_code == 200
        assert again.content == first.content
        assert again.headers["etag"] == '"1"'
        assert again.headers["fold-position"] == first.headers["fold-position"]


@pytest.mark.parametrize("media", ["application/json", "application/merge-patch+json"])
async def test_patch_merges(media: str, orders: Documents) -> None:
    await orders.put("o1", {"a": 1, "b": {"c": 1, "d": 2}})
    answer = await orders.patch("o1", {"a": None, "b": {"c": 3}}, content_type=media)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["b"] == {"c": 3, "d": 2}
    assert "a" not in answer.json()


async def test_patch_applies_operations(orders: Documents) -> None:
    await orders.put("o1", {"list": [1]})
    operations = [{"op": "add", "path": "/list/-", "value": 2}, {"op": "test", "path": "/list/1", "value": 2}]
    answer = await orders.patch("o1", operations, content_type=JSON_PATCH)
    assert (answer.status_code, answer.json()["list"]) == (200, [1, 2])


async def test_a_patch_that_does_not_fit_is_a_conflict_and_changes_nothing(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    operations = [{"op": "add", "path": "/m", "value": 1}, {"op": "test", "path": "/n", "value": 2}]
    told = problem(await orders.patch("o1", operations, content_type=JSON_PATCH), 409, "patch-unfit")
    assert "operation 1" in told["detail"]
    assert (await orders.patch("o1", {})).headers["etag"] == '"1"'


@pytest.mark.parametrize(
    "operations",
    [
        {"op": "add"},
        [{"op": "add", "path": "/a"}],
        [{"op": "replace", "path": "/id", "value": "o2"}],
        [{"op": "remove", "path": "/_meta/version"}],
        [{"op": "replace", "path": "", "value": {"id": "o2"}}],
        [{"op": "move", "from": "/a", "path": "/a/b"}],
        [{"op": "replace", "path": "", "value": 1}],
    ],
    ids=str,
)
async def test_a_patch_that_can_not_be_is_refused(operations: object, orders: Documents) -> None:
    await orders.put("o1", {"a": {}})
    problem(await orders.patch("o1", operations, content_type=JSON_PATCH), 422, "patch-invalid")


async def test_delete_takes_away_once(orders: Documents) -> None:
    await orders.put("o1", {})
    answer = await orders.delete("o1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert int(answer.headers["fold-position"]) > 0
    problem(await orders.delete("o1"), 404, "document-missing")
    problem(await orders.patch("o1", {}), 404, "document-missing")
    problem(await orders.get("o1", after=answer), 404, "document-missing")


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_an_id_is_free_again_after_a_delete_and_its_version_counts_on(
    method: str, orders: Documents
) -> None:
    await orders.put("o1", {"n": 1})
    await orders.delete("o1")
    if method == "PUT":
        answer = await orders.put("o1", {"n": 2}, if_none_match="*")
    else:
        answer = await orders.post({"id": "o1", "n": 2})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"3"')
    assert answer.headers["location"] == orders.of("o1")


async def test_restore_brings_back_what_was_deleted(orders: Documents) -> None:
    first = await orders.put("o1", {"n": 1})
    await orders.delete("o1")
    answer = await orders.restore("o1")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"3"')
    assert answer.json()["n"] == 1
    assert answer.json()["_meta"]["created_at"] == first.json()["_meta"]["created_at"]
    problem(await orders.restore("o1"), 409, "document-exists")
    problem(await orders.restore("o2"), 404, "document-missing")


async def test_a_document_that_was_read_can_be_sent_back(orders: Documents) -> None:
    written = await orders.put("o1", {"n": 1})
    read = (await orders.get("o1", after=written)).json()
    same = await orders.put("o1", read)
    assert (same.status_code, same.headers["etag"]) == (200, '"1"')
    changed = await orders.put("o1", read | {"n": 2})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = problem(await orders.put("o1", read | {"n": 3}), 422, "document-invalid")
    assert stale["errors"] == [
        {"pointer": "/_meta", "message": "is kept by the server; leave it out, or send it as it was read"}
    ]
    turned = {name: changed.json()["_meta"][name] for name in sorted(changed.json()["_meta"])}
    assert (await orders.put("o1", {"n": 4, "_meta": turned})).status_code == 200


@pytest.mark.parametrize("meta", [None, 1, "x", [], {}, {"version": 1}], ids=str)
async def test_any_other_meta_is_refused(meta: object, orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    for answer in (
        await orders.put("o1", {"_meta": meta}),
        await orders.patch("o1", {"_meta": meta}),
        await orders.put("new", {"_meta": meta}),
        await orders.post({"_meta": meta}),
    ):
        assert problem(answer, 422, "document-invalid")["errors"][0]["pointer"] == "/_meta"


@pytest.mark.parametrize(
    "id",
    ["", " ", "a b", ".", "..", "a/b", "a%20b", "a%41", "ä", "a\0", "x" * 201, None, 1, True, {}, [], ["o1"]],
    ids=repr,
)
async def test_an_id_that_breaks_the_grammar_is_refused(id: object, orders: Documents) -> None:
    told = problem(await orders.post({"id": id}), 422, "document-invalid")
    assert told["errors"][0]["pointer"] == "/id"


@pytest.mark.parametrize("id", ["a", "A.b_c~d:e@f-g", "...", "x" * 200, "0", "-"])
async def test_an_id_may_be_anything_the_grammar_has(id: str, orders: Documents) -> None:
    created = await orders.post({"id": id})
    assert created.status_code == 201
    assert (await orders.get(id, after=created)).content == created.content


async def test_an_id_in_the_body_must_be_that_of_the_address(orders: Documents) -> None:
    assert (await orders.put("o1", {"id": "o1"})).status_code == 201
    for answer in (
        await orders.put("o1", {"id": "o2"}),
        await orders.put("o1", {"id": None}),
        await orders.patch("o1", {"id": "o2"}),
        await orders.patch("o1", {"id": None}),
    ):
        assert problem(answer, 422, "document-invalid")["errors"][0]["pointer"] == "/id"


async def test_ids_are_told_apart_by_case_and_percent_encoding_is_only_writing(orders: Documents) -> None:
    await orders.put("a", {"n": 1})
    assert (await orders.put("A", {"n": 2})).status_code == 201
    assert (await orders.put("%61", {"n": 3})).headers["etag"] == '"2"'
    assert (await orders.put("a%3Ab", {})).headers["location"] == orders.of("a:b")
    assert (await orders.put("a:b", {"n": 1})).status_code == 200
    for id in ("a%2Fb", "a%20b", "%00", "%ff", "a%2541"):
        problem(await orders.put(id, {}), 422, "document-invalid")
        problem(await orders.get(id), 422, "document-invalid")


async def test_who_wrote_last_is_told(orders: Documents, admin: httpx.AsyncClient) -> None:
    await orders.put("o1", {"n": 1})
    answer = await Documents(admin, orders.collection).put("o1", {"n": 2})
    assert answer.json()["_meta"]["updated_by"] == "user:admin"


async def test_all_violations_of_a_schema_are_told(orders: Documents, admin: httpx.AsyncClient) -> None:
    schema = {"required": ["a"], "properties": {"b": {"type": "integer"}, "c/d": {"maxLength": 1}}}
    await admin.put(f"/v1/collections/{orders.collection}", json={"schema": schema})
    told = problem(await orders.put("o1", {"b": "x", "c/d": "xy"}), 422, "schema-violated")
    assert [error["pointer"] for error in told["errors"]] == ["", "/b", "/c~1d"]
    assert all(error["message"] for error in told["errors"])


async def test_a_value_that_is_taken_is_a_conflict_that_names_the_fields(
    orders: Documents, admin: httpx.AsyncClient, collection: str
) -> None:
    await admin.put(f"/v1/collections/{collection}_u", json={"unique": [["number"], ["shop/a", "b.c"]]})
    unique = Documents(orders.client, f"{collection}_u")
    await unique.put("o1", {"number": 1, "shop/a": 2, "b": {"c": 3}})
    assert problem(await unique.put("o2", {"number": 1.0}), 409, "unique-taken")["fields"] == ["number"]
    taken = await unique.post({"shop/a": 2, "b": {"c": 3}})
    assert problem(taken, 409, "unique-taken")["fields"] == ["shop/a", "b.c"]
    assert (await unique.put("o1", {"number": 1})).status_code == 200
    assert (await unique.post({"shop/a": 2, "b": {"c": 3}})).status_code == 201

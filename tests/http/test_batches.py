"""Batches: each command has its own outcome, or all of them one; some need the ids of earlier ones."""

from typing import Any

import httpx
import orjson
import pytest

from tests.http.batches import Command, create, merge, put, results, send
from tests.http.documents import Documents, problem

EVERY = [
    create("o1", n=1),
    put("o1", n=2),
    merge("o1", n=3),
    {"command": "json_patch", "id": "o1", "body": [{"op": "replace", "path": "/n", "value": 4}]},
    {"command": "delete", "id": "o1", "if_match": '"4"'},
]


@pytest.mark.parametrize("atomic", [True, False])
async def test_every_kind_of_command_is_executed_in_order(atomic: bool, orders: Documents) -> None:
    answer = await send(orders, EVERY, atomic=atomic)
    told = results(answer, 200)
    assert [(each["status"], each["id"], each["version"]) for each in told] == [
        (201, "o1", 1),
        (200, "o1", 2),
        (200, "o1", 3),
        (200, "o1", 4),
        (204, "o1", 5),
    ]
    assert [each["position"] for each in told] == sorted({each["position"] for each in told})
    assert answer.headers["fold-position"] == str(told[-1]["position"])
    problem(await orders.get("o1", after=answer), 404, "document-missing")
    [again] = results(await send(orders, [{"command": "restore", "id": "o1"}], atomic=atomic), 200)
    assert (again["status"], again["version"]) == (201, 6)


async def test_each_command_has_its_own_outcome(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    commands = [create("o1", n=2), create("o2", n=2), merge("o3", n=3), merge("o1", n=4) | {"if_match": '"9"'}]
    answer = await send(orders, [*commands, create("a b"), create(_meta={})], atomic=False)
    told = results(answer, 207)
    assert [each["status"] for each in told] == [409, 201, 404, 412, 422, 422]
    assert [each["problem"]["type"].rpartition("/")[2] for each in told if "problem" in each] == [
        "document-exists",
        "document-missing",
        "version-conflict",
        "document-invalid",
        "document-invalid",
    ]
    assert told[3]["problem"]["version"] == 1
    assert (await orders.get("o2", after=answer)).json()["n"] == 2


async def test_one_refusal_refuses_all_where_that_is_asked_for(orders: Documents) -> None:
    first = await orders.put("o1", {"n": 1})
    commands = [create("o2", n=2), merge("o1", n=3), create("o1", n=4), merge("o9", n=5)]
    told = problem(await send(orders, commands, atomic=True), 409, "document-exists")
    assert told["index"] == 2
    after = await orders.put("o3", {})
    assert int(after.headers["fold-position"]) == int(first.headers["fold-position"]) + 1
    assert (await orders.get("o1", after=after)).headers["etag"] == '"1"'
    problem(await orders.get("o2", after=after), 404, "document-missing")


@pytest.mark.parametrize(
    ("wrong", "status", "name"),
    [
        (create("a b"), 422, "document-invalid"),
        (create(_meta={}), 422, "document-invalid"),
        ({**create(), "collection": "nothing"}, 404, "collection-missing"),
        ({"command": "json_patch", "id": "o1", "body": [{"op": "fly"}]}, 422, "patch-invalid"),
    ],
)
async def test_the_first_that_is_refused_is_told(
    wrong: Command, status: int, name: str, orders: Documents
) -> None:
    commands = [create("o1"), wrong]
    assert problem(await send(orders, commands, atomic=True), status, name)["index"] == 1
    commands = [create("o1"), merge("o9", n=1), wrong]
    assert problem(await send(orders, commands, atomic=True), 404, "document-missing")["index"] == 1
    assert results(await send(orders, [create("o1")], atomic=True), 200)[0]["status"] == 201


@pytest.mark.parametrize("atomic", [True, False])
async def test_ids_of_earlier_commands_can_be_used(atomic: bool, orders: Documents) -> None:
    of_first = {"$id_of": 0}
    commands = [
        create(n=1),
        create(order=of_first, all=[of_first, {"deep": of_first}]),
        merge(of_first, line={"$id_of": 1}),
        {
            "command": "json_patch",
            "id": of_first,
            "body": [{"op": "add", "path": "/also", "value": {"$id_of": 1}}],
        },
        create("named", near={"$id_of": 2}),
        merge({"$id_of": 4}, of={"$id_of": 4}),
    ]
    answer = await send(orders, commands, atomic=atomic)
    one, two, *_ = [each["id"] for each in results(answer, 200)]
    first, second, named = [(await orders.get(id, after=answer)).json() for id in (one, two, "named")]
    assert (first["n"], first["line"], first["also"], first["_meta"]["version"]) == (1, two, two, 3)
    assert (second["order"], second["all"]) == (one, [one, {"deep": one}])
    assert (named["near"], named["of"]) == (one, "named")


async def test_a_body_nested_too_deeply_is_refused_with_its_references(orders: Documents) -> None:
    deep: Any = {"$id_of": 0}
    for _ in range(600):
        deep = {"in": deep}
    commands = [create("o1"), create("o2", of=deep), create("o3")]
    told = results(await send(orders, commands, atomic=False), 207)
    assert [each["status"] for each in told] == [201, 422, 201]
    commands = [create("o4"), create("o5", of=deep)]
    assert problem(await send(orders, commands, atomic=True), 422, "document-invalid")["index"] == 1


async def test_what_needs_the_id_of_a_command_that_failed_fails_with_it(orders: Documents) -> None:
    await orders.put("o1", {})
    commands = [create("o1"), create(of={"$id_of": 0}), merge({"$id_of": 1}, n=1), create("o4")]
    told = results(await send(orders, commands, atomic=False), 207)
    assert [each["status"] for each in told] == [409, 424, 424, 201]
    assert told[2]["problem"]["type"] == "/problems/dependency-failed"


@pytest.mark.parametrize("atomic", [True, False])
async def test_references_to_what_does_not_come_before_are_refused(atomic: bool, orders: Documents) -> None:
    for place in (1, 2, -1, 10**15, "0", None, 0.0, True):
        commands = [create("never"), create(of={"$id_of": place})]
        told = problem(await send(orders, commands, atomic=atomic), 422, "batch-invalid")
        assert told["errors"][0]["pointer"] == "/commands/1"
    problem(await orders.get("never", after=await orders.put("o1", {})), 404, "document-missing")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({}, "/commands"),
        ({"commands": {}}, "/commands"),
        ({"commands": [], "atomic": 1}, "/atomic"),
        ({"commands": [], "atomik": True}, "/atomik"),
        ({"commands": [7]}, "/commands/0"),
        ({"commands": [{}]}, "/commands/0/command"),
        ({"commands": [{"command": "upsert"}]}, "/commands/0/command"),
        ({"commands": [{"command": "put", "collection": "c", "body": {}}]}, "/commands/0/id"),
        ({"commands": [{"command": "put", "collection": "c", "id": "a"}]}, "/commands/0/body"),
        ({"commands": [{"command": "put", "collection": 1, "id": "a", "body": {}}]}, "/commands/0/collection"),
        ({"commands": [{"command": "put", "collection": "c", "id": 1, "body": {}}]}, "/commands/0/id"),
        (
            {"commands": [{"command": "delete", "collection": "c", "id": "a", "if_match": 1}]},
            "/commands/0/if_match",
        ),
        (
            {"commands": [{"command": "delete", "collection": "c", "id": "a", "if_match": "3"}]},
            "/commands/0/if_match",
        ),
        ({"commands": [{"command": "delete", "collection": "c", "id": "a", "body": {}}]}, "/commands/0/body"),
        ({"commands": [{"command": "create", "collection": "c", "body": {}, "a/b": 1}]}, "/commands/0/a~1b"),
        (
            {"commands": [{"command": "create", "collection": "c", "body": {}, "if_match": "*"}]},
            "/commands/0/if_match",
        ),
    ],
)
async def test_a_body_that_is_no_batch_is_refused(body: Any, pointer: str, user: httpx.AsyncClient) -> None:
    told = problem(await user.post("/v1/batch", json=body), 422, "batch-invalid")
    assert [error["pointer"] for error in told["errors"]] == [pointer]


async def test_everything_that_is_wrong_with_a_batch_is_told_at_once(orders: Documents) -> None:
    commands: list[Any] = [
        create("o1"),
        {"command": "put", "id": 1, "if_match": "3", "bodi": {}},
        7,
        {"command": "delete", "id": {"$id_of": 2}, "collection": []},
        {"command": "upsert"},
    ]
    sent = [{"collection": orders.collection, **each} if isinstance(each, dict) else each for each in commands]
    answer = await orders.client.post("/v1/batch", json={"atomik": True, "commands": sent})
    told = problem(answer, 422, "batch-invalid")
    assert [error["pointer"] for error in told["errors"]] == [
        "/atomik",
        "/commands/1/body",
        "/commands/1/bodi",
        "/commands/1/id",
        "/commands/1/if_match",
        "/commands/2",
        "/commands/3/collection",
        "/commands/4/command",
    ]
    assert told["detail"].startswith("/atomik is not known here")
    assert "7 more" in told["detail"]
    problem(await orders.get("o1", after=await orders.put("o2", {})), 404, "document-missing")


async def test_of_very_many_faults_the_first_hundred_are_told(user: httpx.AsyncClient) -> None:
    told = problem(await user.post("/v1/batch", json={"commands": [None] * 1000}), 422, "batch-invalid")
    assert [error["pointer"] for error in told["errors"]] == [f"/commands/{place}" for place in range(100)]


async def test_a_thousand_commands_are_taken_and_no_more(orders: Documents) -> None:
    commands = [create(f"o{number}", n=number) for number in range(1000)]
    assert {each["status"] for each in results(await send(orders, commands, atomic=False), 200)} == {201}
    again = [{"command": "delete", "id": f"o{number}"} for number in range(1000)]
    assert {each["status"] for each in results(await send(orders, again, atomic=True), 200)} == {204}
    told = problem(await send(orders, [*commands, create()], atomic=False), 413, "batch-too-large")
    assert "1,001" in told["detail"]


async def test_an_empty_batch_has_no_results(orders: Documents) -> None:
    assert results(await send(orders, [], atomic=True), 200) == []


async def test_documents_are_told_where_that_is_preferred(orders: Documents) -> None:
    answer = await send(orders, EVERY[:2] + EVERY[4:], atomic=True, prefer="return=representation")
    problem(answer, 412, "version-conflict")
    answer = await send(orders, EVERY[:2], atomic=True, prefer="return=representation")
    assert answer.headers["preference-applied"] == "return=representation"
    assert results(answer, 200)[1]["document"] == (await orders.get("o1", after=answer)).json()


async def test_unique_values_hold_within_a_batch(collection: str, admin: httpx.AsyncClient) -> None:
    await admin.put(f"/v1/collections/{collection}", json={"unique": [["email"]]})
    people = Documents(admin, collection)
    twice = [create("a", email="x"), create("b", email="x")]
    assert problem(await send(people, twice, atomic=True), 409, "unique-taken")["index"] == 1
    handed_on = [create("a", email="x"), merge("a", email="y"), create("b", email="x")]
    results(await send(people, handed_on, atomic=True), 200)
    told = results(await send(people, [create("c", email="y"), create("d", email="z")], atomic=False), 207)
    assert [each["status"] for each in told] == [409, 201]


async def test_a_demanded_precondition_is_demanded_of_each_command(
    collection: str, admin: httpx.AsyncClient
) -> None:
    await admin.put(f"/v1/collections/{collection}", json={"require_if_match": True})
    orders = Documents(admin, collection)
    told = results(await send(orders, [create("o1"), merge("o1", n=1)], atomic=False), 207)
    assert [each["status"] for each in told] == [201, 428]
    told = results(await send(orders, [merge("o1", n=1) | {"if_match": '"1"'}], atomic=True), 200)
    assert told[0]["version"] == 2


async def test_what_can_replace_nothing_needs_no_precondition(
    collection: str, admin: httpx.AsyncClient
) -> None:
    await admin.put(f"/v1/collections/{collection}", json={"require_if_match": True})
    orders = Documents(admin, collection)
    gone = [create("o1"), {"command": "delete", "id": "o1", "if_match": "*"}]
    assert [each["status"] for each in results(await send(orders, gone, atomic=False), 200)] == [201, 204]
    told = results(await send(orders, [{"command": "restore", "id": "o1"}], atomic=True), 200)
    assert told[0]["status"] == 201


async def test_what_was_made_and_deleted_in_a_batch_can_not_be_restored_in_it(orders: Documents) -> None:
    commands = [create("o1"), {"command": "delete", "id": "o1"}, {"command": "restore", "id": "o1"}]
    assert problem(await send(orders, commands, atomic=True), 422, "document-invalid")["index"] == 2
    assert [each["status"] for each in results(await send(orders, commands, atomic=False), 200)] == [
        201,
        204,
        201,
    ]


async def test_readers_see_an_atomic_batch_whole_or_not_at_all(orders: Documents) -> None:
    ids = [f"o{number}" for number in range(20)]
    await send(orders, [create(id, n=0) for id in ids], atomic=True)
    for number in range(1, 15):
        answer = await send(orders, [merge(id, n=number) for id in ids], atomic=True)
        seen = (await orders.client.get(f"{orders.path}?limit=100")).json()["items"]
        assert len({item["n"] for item in seen}) <= 1
    last = (
        await orders.client.get(orders.path, headers={"fold-after": answer.headers["fold-position"]})
    ).content
    assert {item["n"] for item in orjson.loads(last)["items"]} == {14}

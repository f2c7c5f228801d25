"""What is declared is described: to those who have a token, anew when it changes, and as it runs."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from app.openapi.declared.documents import of_collection, of_everything
from app.openapi.declared.names import Names, pascal
from app.openapi.operations.collections import DECLARE
from app.openapi.operations.orders import ORDER
from tests.commands.declaring import declared
from tests.openapi.answers import check
from tests.openapi.reading import operations, references, resolved
from tests.openapi.serving import Served

[DECLARATION] = (content.example for content in DECLARE.body.values())
ORDERS = "/v1/collections/orders/openapi.json"


async def test_description_of_a_collection_needs_a_token_and_changes_with_the_declaration(
    running: Served,
) -> None:
    await running.admin.put("/v1/collections/orders", json=DECLARATION)
    first = await running.user.get(ORDERS)
    assert first.headers["cache-control"] == "private, no-cache"
    again = await running.user.get(ORDERS, headers={"If-None-Match": first.headers["etag"]})
    await running.admin.put("/v1/collections/orders", json={})
    changed = await running.user.get(ORDERS, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert (await running.nobody.get(ORDERS)).status_code == 401


async def test_what_is_declared_is_not_told_to_the_public(running: Served) -> None:
    public = await running.nobody.get("/openapi.json")
    await running.admin.put("/v1/collections/secrets", json={})
    told = await running.user.get("/openapi.json")
    assert (await running.nobody.get("/openapi.json")).content == public.content
    assert public.headers["vary"] == told.headers["vary"] == "authorization, accept-encoding"
    assert "/v1/documents/secrets" in told.json()["paths"]
    assert b"secrets" not in public.content
    await running.admin.delete("/v1/collections/secrets")
    assert (await running.user.get("/openapi.json")).json() == public.json()


async def test_collection_answers_as_it_is_described(running: Served) -> None:
    await running.admin.put("/v1/collections/orders", json=DECLARATION)
    described = (await running.user.get(ORDERS)).json()
    many, one = "/v1/documents/orders", "/v1/documents/orders/o1"
    seen = {}
    for name, method, path, body in (
        ("orders_create", "POST", many, {"id": "o1", **ORDER}),
        ("orders_put", "PUT", one, {**ORDER, "status": "paid"}),
        ("orders_patch", "PATCH", one, {"status": "shipped"}),
        ("orders_read", "GET", one, None),
        ("orders_page", "GET", f"{many}?where[status]=shipped", None),
        ("orders_query", "QUERY", many, {"where": {"total": {"gte": 10}}}),
        ("orders_query_post", "POST", f"{many}/query", {}),
        ("orders_by_status_page", "GET", "/v1/views/orders/by_status?where[orders][gte]=1", None),
        ("orders_by_status_query_post", "POST", "/v1/views/orders/by_status/query", {"sort": ["-total"]}),
        ("orders_delete", "DELETE", one, None),
        ("orders_restore", "POST", f"{one}/restore", None),
    ):
        answer = await running.user.request(method, path, json=body, headers=seen if method == "GET" else {})
        assert answer.is_success, answer.text
        check(described, name, answer)
        seen = {"Fold-After": answer.headers["Fold-Position"]}
        if "items" in answer.text:
            assert len(answer.json()["items"]) == 1


def test_every_collection_is_described_under_names_of_its_own() -> None:
    names = [
        "page",
        "documents",
        "order_items",
        "order__items",
        "orderitems",
        "orders",
        "orders_by_day",
        "meta",
    ]
    collections = [declared(name, views=VIEWS, indexes=[["a"]], schema=TREE) for name in names]
    document = of_everything(collections)
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(map(_essence, ids))) == len(ids)
    assert len({tag["name"] for tag in document["tags"]}) == len(document["tags"])
    components = list(document["components"]["schemas"])
    assert len(set(map(_essence, components))) == len(components)
    for name in names:
        for path in (f"/v1/documents/{name}", f"/v1/documents/{name}/{{id}}", f"/v1/views/{name}/by_day"):
            assert path in document["paths"]


@pytest.mark.parametrize(
    "source", [{}, {"schema": False}, {"schema": {"$ref": "#"}}, {"schema": {"title": ""}}]
)
def test_description_of_a_collection_is_well_formed(source: dict[str, Any]) -> None:
    document = of_collection(declared("orders", views=VIEWS, indexes=[["a.b", "-c"]], **source))
    meta = Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"}, offline=True)
    for reference in set(references(document)):
        assert resolved(document, {"$ref": reference})
    for schema in document["components"]["schemas"].values():
        assert meta.is_valid(schema)
    for _, path, operation in operations(document):
        named = [(each["in"], each["name"].lower()) for each in operation["parameters"]]
        assert len(named) == len(set(named))
        assert {name for place, name in named if place == "path"} == ({"id"} if "{id}" in path else set())


def test_names_that_are_alike_are_told_apart() -> None:
    names = Names(["Page"])
    assert [names.take(pascal(name)) for name in ("page", "order_items", "order__items", "order_items_2")] == [
        "Page_2",
        "OrderItems",
        "OrderItems_2",
        "OrderItems2_2",
    ]


VIEWS = {"by_day": {"group_by": [{"field": "at", "bucket": "day"}], "measures": {"n": "count"}}}
TREE = {"properties": {"child": {"$ref": "#"}, "page": {"properties": {"size": {"type": "integer"}}}}}


def _essence(name: str) -> str:
    return name.replace("_", "").lower()

"""OPTIONS: everywhere, to anybody, what can be done with an address."""

import httpx
import pytest

from tests.http.documents import problem
from tests.openapi.serving import Served

ALLOWED = {
    "/v1/documents/orders": "GET, HEAD, POST, QUERY, OPTIONS",
    "/v1/documents/orders/o1": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
    "/v1/documents/orders/query": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "/v1/documents/orders/o1/restore": "POST, OPTIONS",
    "/v1/views/orders/by_status": "GET, HEAD, QUERY, OPTIONS",
    "/v1/export/orders": "GET, HEAD, OPTIONS",
    "/v1/collections/orders": "GET, HEAD, PUT, DELETE, OPTIONS",
    "/metrics": "GET, HEAD, OPTIONS",
    "/health/live": "GET, HEAD, OPTIONS",
    "/docs": "GET, HEAD, OPTIONS",
}


@pytest.mark.parametrize("path", ALLOWED)
async def test_options_tells_anybody_the_methods_of_an_address(path: str, nobody: httpx.AsyncClient) -> None:
    answer = await nobody.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == ALLOWED[path]


async def test_options_tells_the_types_of_patches_and_queries(nobody: httpx.AsyncClient) -> None:
    one = await nobody.options("/v1/documents/orders/o1")
    many = await nobody.options("/v1/documents/orders")
    assert one.headers["accept-patch"] == (
        "application/merge-patch+json, application/json-patch+json, application/json"
    )
    assert many.headers["accept-query"] == "application/json"
    assert "accept-query" not in one.headers
    assert "accept-patch" not in many.headers


async def test_options_is_answered_at_every_route_and_head_wherever_get_is(site: Served) -> None:
    for route in site.app.router.routes:
        path = "/" + route.path.replace("<name:str>", "orders").replace("<", "").replace(":str>", "")
        allowed = (await site.nobody.options(path)).headers["allow"].split(", ")
        assert {*route.methods, "OPTIONS"} <= set(allowed)
        assert ("GET" in allowed) == ("HEAD" in allowed)


async def test_options_where_there_is_nothing_is_404(nobody: httpx.AsyncClient) -> None:
    problem(await nobody.options("/v1/document/orders"), 404, "route-missing")


async def test_options_of_the_server_tells_every_method(nobody: httpx.AsyncClient) -> None:
    request = nobody.build_request("OPTIONS", "/")
    request.extensions["target"] = b"*"
    answer = await nobody.send(request)
    assert (answer.status_code, answer.headers["allow"]) == (
        204,
        "GET, HEAD, POST, PUT, PATCH, DELETE, QUERY, OPTIONS",
    )


async def test_head_answers_as_get_without_a_body_where_bodies_are_made_late(
    admin: httpx.AsyncClient, collection: str
) -> None:
    await admin.put(f"/v1/collections/{collection}", json={})
    for path in ("/metrics", f"/v1/export/{collection}?format=ndjson", "/v1/parked", "/v1/projections"):
        get, head = await admin.get(path), await admin.head(path)
        assert (get.status_code, head.status_code, head.content) == (200, 200, b"")
        assert head.headers["content-type"] == get.headers["content-type"]

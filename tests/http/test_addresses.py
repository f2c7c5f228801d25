"""Addresses and methods: where there is nothing, an answer that helps."""

import asyncio

import httpx
import pytest

from tests.http.documents import Documents, problem

MISSING = {
    "/nothing": "/docs describes every address",
    "/": "/docs describes every address",
    "/v1": "/docs describes every address",
    "/v2/documents/orders": "/docs describes every address",
    "/documents/orders": "did you mean /v1/documents/orders?",
    "/v1/document/orders": "did you mean /v1/documents/orders?",
    "/v1/Documents/orders/o1": "did you mean /v1/documents/orders/o1?",
    "/collection": "did you mean /v1/collections?",
    "/v1/documents/orders/o1/o2": "/docs describes every address",
    "/v1/documents": "/docs describes every address",
    "/v1/documents/orders/query/nothing": "/docs describes every address",
    "/v1/documents/orders/import/nothing/more": "/docs describes every address",
    "/v1/documents/orders/query/restore/more": "/docs describes every address",
    "/v1/views/orders/query/query/nothing": "/docs describes every address",
    "/health": "/docs describes every address",
}


@pytest.mark.parametrize("path", MISSING)
async def test_where_there_is_nothing_the_next_address_is_told(path: str, user: httpx.AsyncClient) -> None:
    for method in ("GET", "PUT", "FOO"):
        told = problem(await user.request(method, path), 404, "route-missing")
        assert told["detail"] == f"there is nothing at {path}; {MISSING[path]}"


REFUSED = [
    ("POST", "/health/live", "GET, HEAD"),
    ("TRACE", "/health/live", "GET, HEAD"),
    ("DELETE", "/v1/documents/orders", "GET, HEAD, POST, QUERY"),
    ("FOO", "/v1/documents/orders", "GET, HEAD, POST, QUERY"),
    ("PURGE", "/v1/documents/orders", "GET, HEAD, POST, QUERY"),
    ("POST", "/v1/documents/orders/o1", "GET, HEAD, PUT, PATCH, DELETE"),
    ("GET", "/v1/documents/orders/o1/restore", "POST"),
    ("PATCH", "/v1/collections/orders", "GET, HEAD, PUT, DELETE"),
    ("PUT", "/v1/collections", "GET, HEAD"),
    ("GET", "/v1/projections/orders/rebuild", "POST"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), REFUSED)
async def test_another_method_is_refused_with_those_that_there_are(
    method: str, path: str, allowed: str, user: httpx.AsyncClient
) -> None:
    answer = await user.request(method, path)
    told = problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == f"{allowed}, OPTIONS"
    assert told["detail"] == f"{method} is not possible here; use {allowed.replace(', ', ' or ')}"


@pytest.mark.parametrize(
    ("method", "meant"),
    [("get", "GET"), ("Post", "POST"), ("PSOT", "POST"), ("QUREY", "QUERY"), ("PATHC", None), ("UPDATE", None)],
)
async def test_a_method_that_is_nearly_one_is_refused_with_the_one_that_was_meant(
    method: str, meant: str | None, user: httpx.AsyncClient
) -> None:
    told = problem(await said(user, method, "/v1/documents/orders"), 405, "method-not-allowed")
    hint = f"did you mean {meant}?" if meant else "use GET or HEAD or POST or QUERY"
    assert told["detail"] == f"{method} is not possible here; {hint}"


async def said(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """The answer to a method as it is written: httpx makes capitals of it."""
    request = client.build_request(method, path)
    request.method = method
    return await client.send(request)


async def test_a_method_is_told_apart_by_case(orders: Documents) -> None:
    reader, writer = await _connected(orders.client)
    writer.write(b"get /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 405 ")


async def test_a_slash_at_the_end_is_nothing(orders: Documents) -> None:
    written = await orders.put("o1", {"n": 1})
    assert (await orders.get("o1/", after=written)).json()["n"] == 1
    assert len((await orders.client.get(f"{orders.path}/")).json()["items"]) == 1


async def _connected(client: httpx.AsyncClient) -> "tuple[asyncio.StreamReader, asyncio.StreamWriter]":
    return await asyncio.open_connection("127.0.0.1", client.base_url.port)

"""Who may ask: nobody without a token, everybody for documents, administrators for the rest."""

from typing import Any

import httpx
import pytest

from app.openapi.interface import interface
from tests.http.documents import Documents, problem
from tests.openapi.serving import Served

NONSENSE = {"content-type": "text/plain", "if-match": "nonsense", "fold-after": "nonsense"}


def operations(access: str) -> list[tuple[str, str]]:
    """Method and path of every route under /v1 that is described, with the access it needs."""
    described: dict[str, Any] = interface()["paths"]
    return [
        (method.removeprefix("x-").upper(), path)
        for path, methods in described.items()
        for method, operation in methods.items()
        if path.startswith("/v1") and method in ("get", "put", "post", "patch", "delete", "head", "x-query")
        if access == "any" or _is_admins(path) == (access == "admin")
    ]


def _is_admins(path: str) -> bool:
    return not path.startswith(("/v1/documents", "/v1/views", "/v1/batch")) and not path.endswith(
        "/openapi.json"
    )


def at(path: str, collection: str) -> str:
    return (
        path.replace("{collection}", collection).replace("{name}", collection).replace("{id}", "%2e%2e%2f")
        + "?x=1"
    )


@pytest.mark.parametrize(("method", "path"), operations("any"))
async def test_without_a_token_nothing_else_of_a_request_is_looked_at(
    method: str, path: str, nobody: httpx.AsyncClient, orders: Documents
) -> None:
    for name in (orders.collection, "nothing"):
        answer = await nobody.request(method, at(path, name), headers=NONSENSE, content=b"{")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="foldbase"'
        if method != "HEAD":
            problem(answer, 401, "token-missing")


@pytest.mark.parametrize(("method", "path"), operations("any"))
@pytest.mark.parametrize("authorization", ["Bearer", "Bearer x", "Basic eDp5", "bearer a.b.c", "x"])
async def test_a_token_that_proves_nothing_is_no_token(
    authorization: str, method: str, path: str, nobody: httpx.AsyncClient, collection: str
) -> None:
    headers = {"authorization": authorization}
    answer = await nobody.request(method, at(path, collection), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="foldbase", error="invalid_token"'
    if method != "HEAD":
        problem(answer, 401, "token-invalid")


@pytest.mark.parametrize(("method", "path"), operations("admin"))
async def test_what_is_an_administrators_is_refused_to_users(
    method: str, path: str, user: httpx.AsyncClient, orders: Documents
) -> None:
    for name in (orders.collection, "nothing"):
        answer = await user.request(method, at(path, name), headers=NONSENSE, content=b"{")
        assert answer.status_code == 403
        if method != "HEAD":
            assert "admin" in problem(answer, 403, "forbidden")["detail"]


def test_these_are_the_routes_that_users_may_use() -> None:
    assert {path for _, path in operations("user")} == {
        "/v1/batch",
        "/v1/collections/{name}/openapi.json",
        "/v1/documents/{collection}",
        "/v1/documents/{collection}/{id}",
        "/v1/documents/{collection}/{id}/restore",
        "/v1/documents/{collection}/import",
        "/v1/documents/{collection}/query",
        "/v1/views/{collection}/{view}",
        "/v1/views/{collection}/{view}/query",
    }
    assert len(operations("admin")) >= 6


async def test_an_administrator_may_do_what_users_may(orders: Documents, admin: httpx.AsyncClient) -> None:
    mine = Documents(admin, orders.collection)
    for answer in (
        await mine.post({"id": "o1"}),
        await mine.put("o1", {"n": 1}),
        await mine.patch("o1", {"n": 2}),
        await mine.delete("o1"),
        await mine.restore("o1"),
        await mine.get(),
    ):
        assert answer.is_success


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/docs", "/problems/forbidden"])
async def test_what_is_public_needs_no_token_and_minds_none(path: str, site: Served) -> None:
    for client in (site.nobody, site.user):
        assert (await client.get(path)).status_code == 200
    bad = await site.nobody.get(path, headers={"authorization": "Bearer x"})
    assert bad.status_code == 200
    assert (await site.nobody.head(path)).content == b""


async def test_the_description_is_public_but_a_token_that_proves_nothing_is_refused(site: Served) -> None:
    for client in (site.nobody, site.user):
        assert (await client.get("/openapi.json")).status_code == 200
    bad = await site.nobody.get("/openapi.json", headers={"authorization": "Bearer x"})
    problem(bad, 401, "token-invalid")

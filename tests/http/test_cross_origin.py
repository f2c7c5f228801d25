"""CORS: pages of the origins that a setting lists may use the API, and no others."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.http.cross_origin import EXPOSED, UNDERSTOOD
from app.settings import Settings, SettingsInvalid
from tests.http.documents import problem
from tests.openapi.serving import Served, beside

SHOP, DESK = "https://shop.example.org", "http://localhost:5173"
ONE = "/v1/documents/orders_of_a_shop/o1"
CORS = "access-control-"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def listed(site: Served) -> AsyncIterator[Served]:
    """A deployment whose API two origins may use."""
    async with beside(site, cors_origins=f"{SHOP}, {DESK}") as serving:
        await serving.admin.put("/v1/collections/orders_of_a_shop", json={})
        yield serving


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def public(site: Served) -> AsyncIterator[Served]:
    """A deployment whose API any origin may use."""
    async with beside(site, cors_origins="*") as serving:
        yield serving


def cors_of(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer that concern other origins."""
    return {name.removeprefix(CORS): value for name, value in answer.headers.items() if name.startswith(CORS)}


def preflight(method: str, *headers: str, origin: str = SHOP) -> dict[str, str]:
    """The headers that a browser asks with before it sends a request."""
    asked = {"Access-Control-Request-Headers": ",".join(headers)} if headers else {}
    return {"Origin": origin, "Access-Control-Request-Method": method, **asked}


async def test_a_preflight_needs_no_token_and_tells_what_a_page_may_do(listed: Served) -> None:
    answer = await listed.nobody.options(ONE, headers=preflight("PATCH", "authorization", "if-match", "x-mine"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert cors_of(answer) == {
        "allow-origin": SHOP,
        "allow-methods": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
        "allow-headers": "authorization, if-match",
        "max-age": "7200",
    }
    assert answer.headers["vary"] == "origin"


async def test_every_header_that_is_understood_may_be_sent(listed: Served) -> None:
    answer = await listed.nobody.options(ONE, headers=preflight("PUT", *sorted(UNDERSTOOD)))
    assert cors_of(answer)["allow-headers"] == ", ".join(sorted(UNDERSTOOD))


async def test_each_listed_origin_is_answered_with_itself(listed: Served) -> None:
    for origin in (SHOP, DESK):
        answer = await listed.user.get("/v1/documents/orders_of_a_shop", headers={"Origin": origin})
        assert answer.status_code == 200
        assert cors_of(answer) == {"allow-origin": origin, "expose-headers": ", ".join(EXPOSED)}


@pytest.mark.parametrize("origin", ["https://shop.example.org.evil.org", "null", "http://shop.example.org", ""])
async def test_another_origin_is_answered_as_if_nothing_was_listed(origin: str, listed: Served) -> None:
    asked = await listed.nobody.options(ONE, headers=preflight("PUT", origin=origin))
    read = await listed.user.get("/v1/documents/orders_of_a_shop", headers={"Origin": origin})
    for answer in (asked, read):
        assert cors_of(answer) == {}
        assert "origin" in answer.headers["vary"].split(", ")


async def test_a_client_without_an_origin_gets_an_answer_that_caches_tell_apart(listed: Served) -> None:
    answer = await listed.nobody.get("/problems/forbidden")
    assert cors_of(answer) == {}
    assert {"accept", "origin"} <= set(answer.headers["vary"].split(", "))


async def test_a_page_may_read_answers_of_every_kind(listed: Served) -> None:
    made = await listed.user.put(ONE, json={"n": 1}, headers={"Origin": SHOP})
    fresh = {"Fold-After": made.headers["fold-position"]}
    answers = [made, await listed.user.get(ONE, headers={"Origin": SHOP, **fresh})]
    odd: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", ONE, {"headers": {"If-None-Match": "*"}}),
        ("GET", "/v1/export/orders_of_a_shop?format=csv", {}),
        ("GET", f"{ONE}?x=1", {}),
        ("GET", "/v1/documents/orders_of_a_shop/o2", {}),
        ("GET", "/nothing", {}),
        ("PATCH", ONE, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("PUT", ONE, {"json": {"n": 2}, "headers": {"If-Match": '"7"'}}),
        ("PUT", ONE, {"content": b"x" * (2**21 + 1)}),
        ("TRACE", ONE, {}),
    ]
    for method, path, more in odd:
        headers = {"Origin": SHOP, **more.pop("headers", {})}
        answers.append(await listed.admin.request(method, path, headers=headers, **more))
    assert [each.status_code for each in answers] == [201, 200, 304, 200, 400, 404, 404, 400, 412, 413, 405]
    for answer in answers:
        assert cors_of(answer)["allow-origin"] == SHOP


async def test_any_origin_may_where_all_are_listed_and_never_with_credentials(public: Served) -> None:
    for headers in ({"Origin": "https://anywhere.org"}, {"Origin": "null"}, {}):
        answer = await public.nobody.get("/v1/documents/orders_of_a_shop", headers=headers)
        problem(answer, 401, "token-missing")
        assert cors_of(answer) == {"allow-origin": "*", "expose-headers": ", ".join(EXPOSED)}
        assert "vary" not in answer.headers


async def test_nothing_is_said_to_other_origins_unless_they_are_listed(
    nobody: httpx.AsyncClient, user: httpx.AsyncClient
) -> None:
    asked = await nobody.options(ONE, headers=preflight("PUT"))
    read = await user.get("/health/live", headers={"Origin": SHOP})
    assert cors_of(asked) == cors_of(read) == {}


@pytest.mark.parametrize(
    "origins",
    [
        "shop.example.org",
        "https://shop.example.org/",
        "https://Shop.example.org",
        "null",
        "*, https://a.org",
        "ftp://a",
    ],
)
def test_what_no_browser_sends_as_an_origin_is_refused_when_settings_are_read(origins: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.load(cors_origins=origins)
    assert "FOLDBASE_CORS_ORIGINS" in str(refused.value)
    assert origins not in str(refused.value)

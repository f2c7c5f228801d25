"""Quotas: users are told what is left, and wait when it is used up; all API workers count together."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from app.composition import token_key
from app.embedded import Running
from app.identity.tokens import issue
from app.openapi.interface import interface
from app.quotas.quota import Quota, Spent, read_quota
from app.quotas.spending import MOST_AT_ONCE, Spending
from app.settings import Settings, SettingsInvalid
from tests.openapi.answers import check
from tests.openapi.serving import Served, beside

_numbers = count(1)


def somebody(site: Served) -> dict[str, str]:
    """The header of a user who never asked before."""
    key = token_key(site.deployment.settings)
    token = issue(key, sub=f"user {next(_numbers)}", role="user", ttl=timedelta(minutes=5))
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def prefix() -> str:
    """Of keys that no other test has."""
    return f"quotas{next(_numbers)}"


@pytest_asyncio.fixture(loop_scope="session")
async def redis(own_redis: Running) -> AsyncIterator[Redis]:
    """A client of a Redis that is there."""
    async with Redis.from_url(own_redis.url) as client:
        yield client


async def test_a_user_is_told_what_is_left_and_then_waits(site: Served) -> None:
    async with beside(site, rate_limit="3/6000") as limited:
        who = somebody(site)
        answers = [await limited.nobody.get("/v1/documents/none", headers=who) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
        assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"user";q=3;w=6000'] * 5
        told = [_told(answer.headers["ratelimit"]) for answer in answers]
        assert [left for left, _ in told] == [2, 1, 0, 0, 0]
        assert [whole for _, whole in told] == pytest.approx([2000, 4000, 6000, 6000, 6000], abs=30)
        assert "retry-after" not in answers[2].headers
        assert int(answers[3].headers["retry-after"]) == pytest.approx(2000, abs=30)
        problem = answers[3].json()
        assert problem["type"] == "/problems/quota-exceeded"
        assert problem["violated-policies"] == ["user"]
        assert "3 requests in 6,000 s" in problem["detail"]
        assert (await limited.nobody.get("/problems/quota-exceeded")).json()["status"] == 429


async def test_what_is_answered_then_is_described(site: Served, collection: str) -> None:
    async with beside(site, rate_limit="1/60") as limited:
        who, described = somebody(site), interface()
        for status in (404, 429):
            answer = await limited.nobody.get(f"/v1/documents/{collection}", headers=who)
            assert answer.status_code == status
            check(described, "document_page", answer)


async def test_everybody_has_a_quota_of_their_own_and_administrators_none(site: Served) -> None:
    async with beside(site, rate_limit="1/60") as limited:
        for _ in range(2):
            answer = await limited.nobody.get("/v1/documents/none", headers=somebody(site))
            assert (answer.status_code, answer.headers["ratelimit"]) == (404, '"user";r=0;t=60')
        for _ in range(3):
            answer = await limited.admin.get("/v1/collections")
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers
            assert (await limited.nobody.get("/v1/documents/none")).status_code == 401
            assert (await limited.nobody.get("/health/ready")).status_code == 200


async def test_all_workers_count_together(site: Served) -> None:
    async with beside(site, rate_limit="10/3600") as one, beside(site, rate_limit="10/3600") as other:
        who = somebody(site)
        answers = await asyncio.gather(
            *(each.nobody.get("/v1/documents/none", headers=who) for each in (one, other) for _ in range(10))
        )
    assert sorted(answer.status_code for answer in answers) == [404] * 10 + [429] * 10


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/batch", b'{"commands": []}'),
        ("POST", "/v1/documents/{collection}/import", b'{"a": 1}\n'),
        ("GET", "/v1/export/{collection}", None),
        ("OPTIONS", "/v1/batch", None),
    ],
)
async def test_streams_are_counted_and_preflights_are_not(
    site: Served, collection: str, method: str, path: str, body: bytes | None
) -> None:
    assert (await site.admin.put(f"/v1/collections/{collection}", json={})).is_success
    async with beside(site, rate_limit="1/60") as limited:
        headers = somebody(site)
        if body is not None:
            headers["content-type"] = "application/x-ndjson" if "import" in path else "application/json"
        address = path.format(collection=collection)
        first, second = [
            await limited.nobody.request(method, address, content=body, headers=headers) for _ in range(2)
        ]
    counted = method != "OPTIONS"
    assert ("ratelimit" in first.headers) is counted
    assert first.status_code in (200, 204, 403, 422)
    assert (second.status_code == 429) is counted


async def test_a_page_of_another_origin_may_read_what_is_left(site: Served) -> None:
    async with beside(site, rate_limit="1/60", cors_origins="*") as limited:
        headers = somebody(site) | {"origin": "https://shop.example"}
        answer = await limited.nobody.get("/v1/documents/none", headers=headers)
    exposed = answer.headers["access-control-expose-headers"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed.split(", "))


async def test_nothing_is_counted_unless_a_setting_says_so(user: httpx.AsyncClient) -> None:
    assert "ratelimit" not in (await user.get("/v1/documents/none")).headers


async def test_who_waits_as_long_as_is_said_may_ask_again(redis: Redis, prefix: str) -> None:
    spending = Spending(redis, prefix, Quota(4, 2))
    refused = None
    while refused is None or not refused.again:
        refused = await spending.spend("ada")
        assert refused is not None
    assert (refused.left, refused.again) == (0, 1)
    begun = time.monotonic()
    while (found := await spending.spend("ada")) is not None and found.again:
        assert time.monotonic() - begun < refused.again
        await asyncio.sleep(0.01)
    assert time.monotonic() - begun > 0.01


async def test_who_asks_without_end_gets_no_more_than_comes_back(redis: Redis, prefix: str) -> None:
    quota, windows = Quota(10, 1), 2.5
    spending = Spending(redis, prefix, quota)
    begun, passed = time.monotonic(), 0
    while time.monotonic() - begun < windows:
        found = await spending.spend("ada")
        passed += found is not None and not found.again
    took = time.monotonic() - begun
    assert quota.requests * windows < passed <= quota.requests * (1 + took) + 1


async def test_more_requests_at_once_than_one_command_takes_are_counted_each(redis: Redis, prefix: str) -> None:
    most = MOST_AT_ONCE * 2 + 50
    spending = Spending(redis, prefix, Quota(most, 86_400))
    found = await asyncio.gather(*(spending.spend("ada") for _ in range(most + 7)))
    assert sorted(each.left for each in found if each is not None and not each.again) == list(range(most))
    assert sum(each is not None and each.again > 0 for each in found) == 7
    assert 86_000 < await redis.ttl(f"{prefix}:quota:ada") <= 86_400


async def test_a_clock_that_was_set_back_keeps_nobody_out_for_longer_than_a_window(
    redis: Redis, prefix: str
) -> None:
    spending = Spending(redis, prefix, Quota(2, 1))
    await redis.set(f"{prefix}:quota:ada", int((time.time() + 86_400) * 1e6))
    found = await spending.spend("ada")
    assert found is not None
    assert (found.left, found.whole, found.again) == (0, 1, 1)


async def test_who_can_not_be_counted_may_ask(prefix: str) -> None:
    async with Redis(host="127.0.0.1", port=1) as away:
        spending = Spending(away, prefix, Quota(1, 60))
        assert [await spending.spend("ada") for _ in range(3)] == [None] * 3


async def test_who_is_not_counted_in_time_may_ask(prefix: str) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    gone = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Redis(host="127.0.0.1", port=port) as frozen:
        begun = time.monotonic()
        assert await Spending(frozen, prefix, Quota(1, 60)).spend("ada") is None
        assert time.monotonic() - begun < 1
        gone.set()
    server.close()


async def test_a_process_that_is_busy_itself_counts_all_the_same(redis: Redis, prefix: str) -> None:
    spending = Spending(redis, prefix, Quota(30, 86_400))
    assert await spending.spend("ada") is not None
    for busy in (0.0, 0.15, 0.3):
        asked = [asyncio.create_task(spending.spend("ada")) for _ in range(4)]
        await asyncio.sleep(0)
        time.sleep(busy)  # noqa: ASYNC251 - the event loop stands still, that is what is tested
        assert None not in await asyncio.gather(*asked)


@pytest.mark.parametrize(
    "text", ["600", "0/60", "10/0", "600/60s", "-1/1", "1000001/1", "1/86401", " 1/1", "1/1/1"]
)
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"FOLDBASE_RATE_LIMIT: .*a rate is like 600/60"):
        Settings.load(rate_limit=text)


@pytest.mark.parametrize(("text", "quota"), [("", None), ("600/60", Quota(600, 60)), ("1/1", Quota(1, 1))])
def test_a_rate_is_requests_and_seconds(text: str, quota: Quota | None) -> None:
    assert read_quota(text) == quota


def _told(limit: str) -> tuple[int, int]:
    """How many requests a `RateLimit` says are left, and after how many seconds all of them are."""
    told = re.fullmatch(r'"user";r=(\d+);t=(\d+)', limit)
    assert told is not None
    return int(told[1]), int(told[2])


def test_headers_are_structured_fields() -> None:
    item = re.compile(r'"[a-z]+"(;[a-z]=[0-9]+)*')
    told: list[Any] = [Quota(600, 60).policy, Spent(12, 31, 0).limit]
    assert all(item.fullmatch(each) for each in told)

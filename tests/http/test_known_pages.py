"""Who asks again and again whether a page is as it was is told so before a row is read, and never wrongly."""

from typing import Any

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from app.embedded import Running
from events.commit import Event, NewCommit
from events.log import EventLog
from events.position import Version, stream_name
from tests.http.documents import Documents, problem
from tests.openapi.serving import Served
from tests.projections.world import until

VIEW = {"indexes": [["n"]], "views": {"by_n": {"group_by": ["n"], "measures": {"orders": "count"}}}}


class Poller:
    """Somebody who asks for one page again and again, and sends the tag that came last."""

    def __init__(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> None:
        self._client, self._asked = client, (method, path)
        self._body = body
        self._known: dict[str, str] = {}

    async def ask(self, **headers: str) -> httpx.Response:
        """Ask once more."""
        sent = self._known | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._client.request(*self._asked, json=self._body, headers=sent)
        assert answer.status_code in (200, 304), answer.text
        self._known = {"if-none-match": answer.headers["etag"]}
        return answer

    async def known(self) -> httpx.Response:
        """Ask until nothing need be read any more."""
        return [await self.ask() for _ in range(3)][-1]


async def three(orders: Documents, admin: httpx.AsyncClient) -> None:
    """Three documents and a view, all of it applied."""
    assert (await admin.put(f"/v1/collections/{orders.collection}", json=VIEW)).status_code == 200
    last = [await orders.put(f"o{n}", {"n": n}) for n in range(3)][-1]
    assert (await orders.get(after=last, prefer="wait=10")).status_code == 200


def pollers(orders: Documents) -> list[Poller]:
    """One for every way to ask that knows 304."""
    paths = (orders.path, f"/v1/views/{orders.collection}/by_n")
    return [
        Poller(orders.client, *asked)
        for path in paths
        for asked in (("GET", f"{path}?limit=2"), ("HEAD", f"{path}?limit=2"), ("QUERY", path, {"sort": ["n"]}))
    ]


async def test_what_is_known_is_told_without_reading_a_row(
    orders: Documents, admin: httpx.AsyncClient, own_redis: Running
) -> None:
    await three(orders, admin)
    async with Redis.from_url(own_redis.url) as redis, redis.monitor() as seen:
        for poller in pollers(orders):
            first = await poller.known()
            assert await touched(redis, seen, orders.collection)
            again = await poller.ask()
            assert again.status_code == 304
            assert {name: again.headers[name] for name in ("etag", "fold-plan", "fold-position", "vary")} == {
                name: first.headers[name] for name in ("etag", "fold-plan", "fold-position", "vary")
            }
            assert again.headers.get("link") == first.headers.get("link")
            assert not await touched(redis, seen, orders.collection)


async def touched(redis: Redis, seen: Any, collection: str) -> bool:
    """Whether rows of a collection, or entries of its indexes, were read since this was asked last."""
    await redis.echo("until here")
    found = False
    while "until here" not in (command := (await seen.next_command())["command"]):
        found |= any(f":{kind}:{collection}:" in command for kind in ("rows", "index", "view"))
    return found


async def test_every_write_is_seen_by_who_asks_again(orders: Documents, admin: httpx.AsyncClient) -> None:
    await three(orders, admin)
    for poller in pollers(orders):
        await poller.known()
        written = await orders.put("o1", {"n": 1, "by": str(id(poller))})
        assert (await poller.ask(fold_after=written.headers["fold-position"])).status_code == 200


async def test_a_tag_of_another_page_is_not_taken_for_the_one_that_is_known(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    await three(orders, admin)
    poller = Poller(orders.client, "GET", orders.path)
    page = await poller.ask()
    await poller.known()
    assert (await orders.get(if_none_match='W/"1-00000000"')).content == page.content
    assert (await orders.get(if_none_match="*")).status_code == 304
    problem(await orders.get(if_none_match="1"), 400, "header-invalid")
    problem(await orders.get(if_none_match="*", if_match='"1"'), 400, "header-invalid")
    problem(
        await orders.get(if_none_match="*", fold_after="9999999", prefer="wait=0"), 503, "projection-behind"
    )


async def test_a_document_that_goes_on_is_seen_at_the_same_checkpoint(
    orders: Documents, admin: httpx.AsyncClient, home: AsyncDatabase[dict[str, Any]]
) -> None:
    await three(orders, admin)
    log = await EventLog.open(home)
    stream = stream_name(orders.collection, "o1")
    odd = await log.append(NewCommit(stream, Version(1), [Event("frobbed", {})], "user:eve"))
    await log.append(NewCommit(stream, Version(2), [Event("replaced", {"n": 7})], "user:eve"))
    await log.close()
    poller = Poller(orders.client, "GET", f"{orders.path}?sort=n&fields=n")

    async def is_parked() -> bool:
        return (await orders.get("o1", fold_after=str(odd.position + 1))).headers.get("fold-stale") is not None

    await until(is_parked)
    before = await poller.known()
    while (await poller.ask()).status_code == 200:  # it is still tried again now and then by itself
        pass
    assert (await admin.post(f"/v1/parked/{orders.collection}/o1/skip")).json()["applied"]
    after = await poller.ask()
    assert after.headers["fold-position"] == before.headers["fold-position"]
    assert [item["n"] for item in after.json()["items"]] == [0, 2, 7]


@pytest.mark.parametrize("declared", ["string", "integer"])
async def test_a_query_is_understood_by_the_declaration_that_holds_now(
    declared: str, orders: Documents, admin: httpx.AsyncClient, site: Served
) -> None:
    await orders.get(after=await orders.put("o1", {"n": 10}))
    poller = Poller(orders.client, "GET", f"{orders.path}?where[n]=10")
    await poller.known()
    schema = {"properties": {"n": {"type": declared}}}
    assert (await admin.put(f"/v1/collections/{orders.collection}", json={"schema": schema})).status_code == 200
    assert (await poller.ask()).status_code == (200 if declared == "string" else 304)

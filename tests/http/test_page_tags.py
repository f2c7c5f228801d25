"""Weak entity tags of pages: another one after every write and for every query; 304 where the page is known."""

from typing import Any

import httpx
import pytest

from tests.http.documents import Documents, problem

VIEW = {"indexes": [["n"]], "views": {"by_n": {"group_by": ["n"], "measures": {"orders": "count"}}}}


async def three(orders: Documents, admin: httpx.AsyncClient) -> httpx.Response:
    """Three documents, and a view of them; the answer to the last write."""
    assert (await admin.put(f"/v1/collections/{orders.collection}", json=VIEW)).status_code == 200
    return [await orders.put(f"o{n}", {"n": n}) for n in range(3)][-1]


def ways(orders: Documents) -> list[tuple[str, str, Any]]:
    """Every way to ask for a page of documents or rows: method, address, body."""
    found: list[tuple[str, str, Any]] = []
    for path in (orders.path, f"/v1/views/{orders.collection}/by_n"):
        found += [("GET", path, None), ("QUERY", path, {}), ("POST", f"{path}/query", {})]
    return found


async def test_a_page_that_is_known_is_304_until_something_is_written(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    for turn in range(2):
        last = await three(orders, admin) if turn == 0 else await orders.put("o1", {"n": 7})
        after = {"fold-after": last.headers["fold-position"], "prefer": "wait=10"}
        for method, path, body in ways(orders):
            page = await orders.client.request(method, path, json=body, headers=after)
            assert page.status_code == 200, page.text
            known = {"if-none-match": page.headers["etag"]}
            again = await orders.client.request(method, path, json=body, headers=known)
            if method == "POST":
                assert "GET or QUERY" in problem(again, 412, "version-conflict")["detail"]
                continue
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "fold-position", "fold-plan", "cache-control", "vary"):
                assert again.headers[name] == page.headers[name]
            other = {"if-none-match": 'W/"1-00000000"'}
            assert (await orders.client.request(method, path, json=body, headers=other)).status_code == 200


async def test_every_write_moves_the_tag_of_every_page(orders: Documents) -> None:
    tags = set()
    for number in range(4):
        last = await orders.put("elsewhere", {"n": number})
        page = await orders.client.get(
            orders.path, params={"where[n]": -1}, headers={"fold-after": last.headers["fold-position"]}
        )
        assert page.json()["items"] == []
        assert page.headers["etag"].startswith(f'W/"{page.headers["fold-position"]}-')
        tags.add(page.headers["etag"])
    assert len(tags) == 4


async def test_every_query_has_a_tag_of_its_own_whoever_asks(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    last = await three(orders, admin)
    after = {"fold-after": last.headers["fold-position"]}
    cursor = (await orders.client.get(f"{orders.path}?limit=1", headers=after)).json()["next"]
    asked = [
        "",
        "limit=1",
        f"limit=1&cursor={cursor}",
        "limit=5",
        "count=true",
        "fields=n",
        "explain=true",
        "sort=n",
    ]
    mine = [(await orders.client.get(f"{orders.path}?{each}")).headers["etag"] for each in asked]
    bodies = [{}, {"limit": 1}, {"count": True}, {"fields": ["n"]}, {"explain": True}, {"sort": ["n"]}]
    mine += [(await orders.client.request("QUERY", orders.path, json=each)).headers["etag"] for each in bodies]
    assert len(set(mine)) == len(asked) + len(bodies)
    theirs = [(await admin.get(f"{orders.path}?{each}")).headers["etag"] for each in asked]
    assert theirs == mine[: len(asked)]


async def test_head_has_the_tag_of_get(orders: Documents) -> None:
    page = await orders.get()
    head = await orders.send("HEAD")
    assert head.headers["etag"] == page.headers["etag"]
    assert (await orders.send("HEAD", if_none_match=page.headers["etag"])).status_code == 304


@pytest.mark.parametrize("tags", ["1", "", '"1', "W/1", '*, "1"'])
async def test_tags_that_are_none_are_refused(tags: str, orders: Documents) -> None:
    for method, path in (("GET", orders.path), ("QUERY", orders.path), ("POST", f"{orders.path}/query")):
        body = None if method == "GET" else {}
        answer = await orders.client.request(method, path, json=body, headers={"if-none-match": tags})
        assert problem(answer, 400, "header-invalid")["detail"].startswith("If-None-Match")


async def test_a_page_never_matches_strongly(orders: Documents) -> None:
    page = await orders.get()
    problem(await orders.get(if_match=page.headers["etag"]), 400, "header-invalid")
    assert (await orders.get(if_match="*")).status_code == 200

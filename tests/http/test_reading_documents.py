"""Reading documents over HTTP: one, and page by page."""

import re

import httpx
import pytest

from app.openapi.interface import interface
from tests.http.documents import Documents, problem


async def filled(orders: Documents, count: int) -> httpx.Response:
    """Documents d0, d1, … in that order; the answer to the last write."""
    answers = [await orders.put(f"d{number}", {"n": number}) for number in range(count)]
    return answers[-1]


def ids(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    assert list(page.json()) == ["items", "next"]
    return [item["id"] for item in page.json()["items"]]


async def test_a_read_gives_the_bytes_that_the_write_gave(orders: Documents) -> None:
    written = await orders.put("o1", {"b": 1, "a": {"ä": [1.0, None]}})
    read = await orders.get("o1", after=written)
    assert (read.status_code, read.content) == (200, written.content)
    assert read.headers["etag"] == written.headers["etag"]
    assert read.headers["content-type"] == "application/json"
    assert read.headers["cache-control"] == "private, no-cache"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert int(read.headers["fold-position"]) >= int(written.headers["fold-position"])


async def test_head_is_get_without_the_body(orders: Documents) -> None:
    written = await orders.put("o1", {"n": 1})
    for id in ("o1", ""):
        read = await orders.get(id, after=written)
        head = await orders.send("HEAD", id)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(read.content))
        assert head.headers.get("etag") == read.headers.get("etag")
    missing = await orders.send("HEAD", "nothing")
    assert (missing.status_code, missing.content) == (404, b"")


async def test_an_empty_collection_is_an_empty_page(orders: Documents) -> None:
    page = await orders.get()
    assert (page.status_code, page.content) == (200, b'{"items":[],"next":null}')
    assert "link" not in page.headers
    assert page.headers["fold-position"].isdigit()


async def test_a_missing_document_is_told_with_the_position_it_is_missing_at(orders: Documents) -> None:
    written = await orders.put("o1", {})
    missing = await orders.get("nothing", after=written)
    problem(missing, 404, "document-missing")
    assert int(missing.headers["fold-position"]) >= int(written.headers["fold-position"])


async def test_a_page_is_newest_first_and_holds_the_documents_as_they_are(orders: Documents) -> None:
    last = await filled(orders, 3)
    page = await orders.get(after=last)
    assert ids(page) == ["d2", "d1", "d0"]
    alone = [(await orders.get(id)).content for id in ("d2", "d1", "d0")]
    assert page.content == b'{"items":[%b],"next":null}' % b",".join(alone)


async def test_changing_a_document_does_not_move_it_and_deleting_takes_it_out(orders: Documents) -> None:
    await filled(orders, 4)
    await orders.patch("d0", {"n": 9})
    await orders.delete("d2")
    last = await orders.put("d4", {})
    assert ids(await orders.get(after=last)) == ["d4", "d3", "d1", "d0"]
    await orders.delete("d0")
    again = await orders.put("d0", {})
    assert ids(await orders.get(after=again)) == ["d0", "d4", "d3", "d1"]
    restored = await orders.restore("d2")
    assert ids(await orders.get(after=restored)) == ["d0", "d4", "d3", "d2", "d1"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_follow_each_other_without_gap_or_overlap(limit: int, orders: Documents) -> None:
    last = await filled(orders, 7)
    await orders.get(after=last)
    seen, path = [], f"{orders.path}?limit={limit}"
    for _ in range(8):
        page = await orders.client.get(path)
        assert len(ids(page)) <= limit
        seen += ids(page)
        if page.json()["next"] is None:
            assert "link" not in page.headers
            break
        link = re.fullmatch('<(.+)>; rel="next"', page.headers["link"])
        assert link is not None
        assert f"cursor={page.json()['next']}" in link[1]
        path = link[1]
    assert seen == [f"d{number}" for number in range(6, -1, -1)]


async def test_a_page_is_20_unless_said_otherwise(orders: Documents) -> None:
    last = await filled(orders, 23)
    first = await orders.get(after=last)
    assert len(ids(first)) == 20
    assert len(ids(await orders.client.get(f"{orders.path}?cursor={first.json()['next']}"))) == 3
    assert len(ids(await orders.client.get(f"{orders.path}?limit=1000"))) == 23


async def test_a_cursor_holds_its_place_while_documents_come_and_go(orders: Documents) -> None:
    last = await filled(orders, 6)
    await orders.get(after=last)
    first = await orders.client.get(f"{orders.path}?limit=2")
    assert ids(first) == ["d5", "d4"]
    await orders.put("newer", {})
    await orders.delete("d4")
    last = await orders.delete("d3")
    after = {"fold-after": last.headers["fold-position"]}
    rest = await orders.client.get(f"{orders.path}?limit=4&cursor={first.json()['next']}", headers=after)
    assert ids(rest) == ["d2", "d1", "d0"]


async def test_the_limit_may_change_between_pages(orders: Documents) -> None:
    last = await filled(orders, 5)
    await orders.get(after=last)
    first = await orders.client.get(f"{orders.path}?limit=1")
    assert ids(await orders.client.get(f"{orders.path}?cursor={first.json()['next']}")) == [
        "d3",
        "d2",
        "d1",
        "d0",
    ]


async def test_a_cursor_belongs_to_one_collection(orders: Documents, admin: httpx.AsyncClient) -> None:
    last = await filled(orders, 3)
    await orders.get(after=last)
    cursor = (await orders.client.get(f"{orders.path}?limit=1")).json()["next"]
    other = f"{orders.collection}_other"
    await admin.put(f"/v1/collections/{other}", json={})
    told = problem(await orders.client.get(f"/v1/documents/{other}?cursor={cursor}"), 400, "query-invalid")
    assert told["parameter"] == "cursor"


async def test_a_cursor_that_was_changed_anywhere_is_refused(orders: Documents) -> None:
    last = await filled(orders, 3)
    await orders.get(after=last)
    cursor = (await orders.client.get(f"{orders.path}?limit=1")).json()["next"]
    changed = [
        cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        for place, letter in enumerate(cursor)
    ]
    for broken in [*changed, cursor[:-1], cursor + "A", cursor + "=", cursor + "!", "", "x", "%00", "ä", "%ff"]:
        answer = await orders.client.get(f"{orders.path}?cursor={broken}")
        assert problem(answer, 400, "query-invalid")["parameter"] == "cursor"


def test_what_is_described_of_limits_is_what_is_tested_here() -> None:
    parameters = interface()["paths"]["/v1/documents/{collection}"]["get"]["parameters"]
    [limit] = [each for each in parameters if each.get("name") == "limit"]
    assert (limit["schema"]["default"], limit["schema"]["maximum"]) == (20, 1000)

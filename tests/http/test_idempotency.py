"""Idempotency-Key: one effect and one answer, whoever sends it again and how."""

from itertools import count
from typing import Any

import httpx
import pytest

from tests.http.documents import JSON_PATCH, Documents, problem

_numbers = count(1)
ALIKE = ("etag", "location", "fold-position", "content-type")


@pytest.fixture
def key() -> str:
    """A key that no other test uses: all write as the same caller."""
    return f'"key-{next(_numbers)}"'


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """What of an answer must be the same when it is given again."""
    return answer.status_code, answer.content, {name: answer.headers.get(name) for name in ALIKE}


async def test_every_write_is_answered_again_as_it_was(key: str, orders: Documents) -> None:
    test = [{"op": "test", "path": "/n", "value": 3}, {"op": "replace", "path": "/n", "value": 4}]
    writes: list[tuple[str, str, Any, dict[str, str], int]] = [
        ("POST", "", {"id": "o1", "n": 1}, {}, 201),
        ("PUT", "o1", {"n": 2}, {"if_match": '"1"'}, 200),
        ("PATCH", "o1", {"n": 3}, {}, 200),
        ("PATCH", "o1", test, {"content_type": JSON_PATCH}, 200),
        ("DELETE", "o1", None, {"if_match": '"4"'}, 204),
        ("POST", "o1/restore", None, {}, 201),
    ]
    given = []
    for place, (method, id, body, headers, status) in enumerate(writes):
        first = await orders.send(method, id, body, idempotency_key=f"{key[1:-1]}-{place}", **headers)
        assert first.status_code == status, first.text
        given.append(first)
    for place, (method, id, body, headers, _) in enumerate(writes):
        again = await orders.send(method, id, body, idempotency_key=f"{key[1:-1]}-{place}", **headers)
        assert told(again) == told(given[place])
    read = await orders.get("o1", after=given[-1])
    assert read.headers["etag"] == '"6"'


async def test_a_document_without_an_id_is_made_once(key: str, orders: Documents) -> None:
    first, again = [await orders.post({"n": 1}, idempotency_key=key) for _ in range(2)]
    assert told(again) == told(first)
    page = await orders.get(after=again)
    assert [item["id"] for item in page.json()["items"]] == [first.json()["id"]]


async def test_a_key_in_quotes_and_without_them_is_the_same(key: str, orders: Documents) -> None:
    first = await orders.post({"n": 1}, idempotency_key=key)
    assert told(await orders.post({"n": 1}, idempotency_key=key.strip('"'))) == told(first)


@pytest.mark.parametrize(
    ("method", "id", "body", "content_type"),
    [
        ("POST", "", {"id": "o1", "n": 2}, "application/json"),
        ("PUT", "o1", {"id": "o1", "n": 1}, "application/json"),
        ("PATCH", "o2", {"id": "o1", "n": 1}, "application/json"),
        ("PUT", "o2", {"id": "o2", "n": 1}, "application/json"),
        ("POST", "", {"id": "o1", "n": 1}, "application/json; charset=utf-8"),
    ],
)
async def test_a_key_belongs_to_method_address_type_and_body(
    method: str, id: str, body: Any, content_type: str, key: str, orders: Documents
) -> None:
    await orders.put("o2", {"n": 1})
    first = await orders.post({"id": "o1", "n": 1}, idempotency_key=key)
    another = await orders.send(method, id, body, idempotency_key=key, content_type=content_type)
    if (method, id) == ("PATCH", "o2"):
        problem(another, 422, "document-invalid")
    else:
        problem(another, 422, "request-differs")
    assert (await orders.get("o1", after=first)).headers["etag"] == '"1"'


async def test_a_key_is_its_callers_own(key: str, orders: Documents, admin: httpx.AsyncClient) -> None:
    first = await orders.post({"n": 1}, idempotency_key=key)
    another = await Documents(admin, orders.collection).post({"n": 1}, idempotency_key=key)
    assert another.status_code == 201
    assert another.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ['""', "", '"', '"a', 'a"b', "x" * 201, "a b", '"a b"', "a, b", "schl\xfcssel"])
async def test_a_key_that_can_not_be_is_refused(key: str, orders: Documents) -> None:
    headers = {"idempotency-key": key.encode("latin-1"), "content-type": "application/json"}
    answer = await orders.client.post(orders.path, content=b"{}", headers=headers)
    assert "Idempotency-Key" in problem(answer, 400, "header-invalid")["detail"]


@pytest.mark.parametrize("key", ["x" * 200, "!~", '"a\\"b"', '"\\\\"'])
async def test_a_key_may_have_any_visible_characters(key: str, orders: Documents) -> None:
    first = await orders.post({"n": 1}, idempotency_key=key)
    assert first.status_code == 201
    assert told(await orders.post({"n": 1}, idempotency_key=key)) == told(first)


async def test_a_refusal_is_decided_afresh(key: str, orders: Documents) -> None:
    problem(await orders.patch("o1", {"n": 1}, idempotency_key=key), 404, "document-missing")
    await orders.put("o1", {"n": 0})
    done = await orders.patch("o1", {"n": 1}, idempotency_key=key)
    assert done.status_code == 200
    assert told(await orders.patch("o1", {"n": 1}, idempotency_key=key)) == told(done)


async def test_a_write_that_changes_nothing_keeps_its_answer(key: str, orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    first = await orders.put("o1", {"n": 1}, idempotency_key=key)
    await orders.put("o1", {"n": 2})
    again = await orders.put("o1", {"n": 1}, idempotency_key=key)
    assert told(again) == told(first)
    assert (await orders.get("o1", fold_after=str(int(again.headers["fold-position"]) + 2))).json()["n"] == 2


async def test_an_answer_given_again_has_the_shape_that_is_preferred_now(key: str, orders: Documents) -> None:
    first = await orders.post({"n": 1}, idempotency_key=key)
    again = await orders.post({"n": 1}, idempotency_key=key, prefer="return=minimal")
    assert (again.status_code, again.json()) == (201, {name: first.json()[name] for name in ("id", "_meta")})
    assert again.headers["location"] == first.headers["location"]

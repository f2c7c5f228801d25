"""Prefer (RFC 7240): what can be applied is, and is told; the rest is ignored unless handling is strict."""

import asyncio

import pytest

from tests.http.documents import Documents, problem


async def test_a_minimal_answer_is_without_the_document_and_tells_of_one_that_was_made(
    orders: Documents,
) -> None:
    made = await orders.put("o1", {"n": 1}, prefer="return=minimal")
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', orders.of("o1"))
    read = (await orders.get("o1", after=made)).json()
    assert made.json() == {"id": "o1", "_meta": read["_meta"]}
    posted = await orders.post({"n": 1}, prefer="return=minimal")
    assert posted.json().keys() == {"id", "_meta"}
    assert posted.headers["location"] == orders.of(posted.json()["id"])
    changed = await orders.patch("o1", {"n": 2}, prefer="return=minimal")
    assert (changed.status_code, changed.content, changed.headers["etag"]) == (204, b"", '"2"')
    assert changed.headers["preference-applied"] == "return=minimal"
    assert (await orders.get("o1", after=changed)).json()["n"] == 2


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=representation", "return=representation"),
        ('Return="representation"; x=1', "return=representation"),
        ("return=representation, return=minimal", "return=representation"),
        ("respond-async, return=everything", None),
        ("handling=lenient, wait=5", "handling=lenient"),
        ("", None),
        ('"return=minimal"', None),
    ],
)
async def test_what_can_not_be_applied_to_a_write_is_ignored(
    prefer: str, applied: str | None, orders: Documents
) -> None:
    made = await orders.put("o1", {"n": 1}, prefer=prefer)
    assert (made.status_code, made.json()["n"]) == (201, 1)
    assert made.headers.get("preference-applied") == applied


async def test_what_can_not_be_applied_is_refused_where_handling_is_strict(orders: Documents) -> None:
    refused = await orders.put("o1", {"n": 1}, prefer="handling=strict, respond-async, return=all")
    assert "respond-async, return=all" in problem(refused, 400, "header-invalid")["detail"]
    made = await orders.put("o1", {"n": 1}, prefer="handling=strict, return=minimal")
    assert (made.status_code, made.headers["preference-applied"]) == (201, "handling=strict, return=minimal")
    read = await orders.get("o1", after=made, prefer="wait=3, handling=strict")
    assert (read.status_code, read.headers["preference-applied"]) == (200, "wait=3, handling=strict")
    for path in ("o1", ""):
        problem(await orders.get(path, prefer="handling=strict, return=minimal"), 400, "header-invalid")


async def test_of_a_document_that_is_deleted_there_is_nothing_to_be_told(orders: Documents) -> None:
    await orders.put("o1", {})
    strict = await orders.delete("o1", prefer="return=representation, handling=strict")
    problem(strict, 400, "header-invalid")
    deleted = await orders.delete("o1", prefer="return=representation")
    assert (deleted.status_code, deleted.headers.get("preference-applied")) == (204, None)
    await orders.put("o1", {})
    deleted = await orders.delete("o1", prefer="return=minimal")
    assert (deleted.status_code, deleted.headers["preference-applied"]) == (204, "return=minimal")


@pytest.mark.parametrize(
    "prefer", ["a ; " * 3000 + '"', "a" + " " * 12_000 + "b", "a" * 12_000 + '"', '"' * 11_999]
)
async def test_a_long_preference_holds_up_nobody(prefer: str, orders: Documents) -> None:
    async with asyncio.timeout(1):
        assert (await orders.put("o1", {"n": 1}, prefer=prefer)).status_code == 201

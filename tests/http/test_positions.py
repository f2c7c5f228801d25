"""Fold-Position, Fold-After and Prefer: wait: reads at a position or later, or an honest no."""

import asyncio
import time

import httpx
import pytest

from tests.http.documents import Documents, problem


async def far_ahead(orders: Documents) -> str:
    """A position that nothing will reach while the test runs."""
    written = await orders.put("o1", {"n": 1})
    return str(int(written.headers["fold-position"]) + 1_000_000)


async def test_a_read_with_the_token_of_a_write_always_sees_it(orders: Documents) -> None:
    for number in range(30):
        written = await orders.put("o1", {"n": number})
        read = await orders.get("o1", after=written)
        page = await orders.get(after=written)
        assert read.json()["n"] == number
        assert [item["n"] for item in page.json()["items"]] == [number]
    gone = await orders.delete("o1")
    problem(await orders.get("o1", after=gone), 404, "document-missing")
    assert (await orders.get(after=gone)).json()["items"] == []


async def test_a_token_holds_for_every_collection(orders: Documents, admin: httpx.AsyncClient) -> None:
    other = Documents(orders.client, f"{orders.collection}_other")
    await admin.put(f"/v1/collections/{other.collection}", json={})
    await orders.put("o1", {"n": 1})
    written = await other.put("o2", {"n": 2})
    assert (await orders.get("o1", after=written)).json()["n"] == 1


async def test_positions_of_reads_never_go_back(orders: Documents) -> None:
    positions = []
    for number in range(20):
        await orders.put(f"o{number}", {})
        positions.append(int((await orders.get()).headers["fold-position"]))
    assert positions == sorted(positions)


async def test_a_position_that_is_not_reached_in_time_is_told(orders: Documents) -> None:
    ahead = await far_ahead(orders)
    begun = time.monotonic()
    answers = await asyncio.gather(*(orders.get(id, fold_after=ahead, prefer="wait=1") for id in ("o1", "")))
    assert 0.9 < time.monotonic() - begun < 5
    for answer in answers:
        told = problem(answer, 503, "projection-behind")
        assert answer.headers["retry-after"] == "1"
        assert "within 1 s" in told["detail"]


@pytest.mark.parametrize(
    ("prefer", "waited"),
    [
        ("wait=0", 0),
        ("respond-async, wait=0", 0),
        ("wait=0; x=1", 0),
        ("Wait = 0", 0),
        ("return=minimal,wait=0", 0),
        ("waits=9, wait=x", 2),
    ],
)
async def test_how_long_a_read_waits_is_preferred(prefer: str, waited: int, orders: Documents) -> None:
    begun = time.monotonic()
    problem(await orders.get("o1", fold_after=await far_ahead(orders), prefer=prefer), 503, "projection-behind")
    assert waited - 0.1 < time.monotonic() - begun < waited + 3


async def test_prefer_and_fold_after_may_come_in_several_lines(orders: Documents) -> None:
    ahead = await far_ahead(orders)
    lines = [("fold-after", "1"), ("fold-after", ahead), ("prefer", "return=minimal"), ("prefer", "wait=0")]
    answer = await orders.client.get(orders.of("o1"), headers=lines)
    assert "within 0 s" in problem(answer, 503, "projection-behind")["detail"]


async def test_what_is_reached_already_waits_for_nothing(orders: Documents) -> None:
    written = await orders.put("o1", {"n": 1})
    await orders.get("o1", after=written)
    for position in ("0", "1", written.headers["fold-position"], f"1, {written.headers['fold-position']}"):
        answer = await orders.get("o1", fold_after=position, prefer="wait=0")
        assert answer.status_code == 200


BROKEN = [
    "",
    "x",
    "-1",
    "1.0",
    "1;2",
    "1 2",
    ",",
    "1,",
    "+1",
    "1e3",
    "9" * 17,
    "9" * 5000,
    str(2**40),
    str(2**53),
]


@pytest.mark.parametrize("position", BROKEN)
async def test_what_is_no_position_of_this_log_is_refused(position: str, orders: Documents) -> None:
    for id in ("o1", ""):
        told = problem(await orders.get(id, fold_after=position), 400, "query-invalid")
        assert told["parameter"] == "Fold-After"


async def test_a_write_is_not_kept_waiting_by_a_position(orders: Documents) -> None:
    answer = await orders.put("o1", {"n": 2}, fold_after=await far_ahead(orders))
    assert answer.status_code == 200

"""Exports over HTTP: whole files of one position, or none; no faster than they are taken, and no longer."""

import asyncio
import csv
import gc
import io
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import AsyncGeneratorType
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
from pymongo.asynchronous.database import AsyncDatabase

from app.exporting.export import parts
from app.routes.streaming import PIECE
from events.position import Position
from events.scanning import PAGE
from tests.exporting.filling import fill
from tests.http.documents import Documents, problem
from tests.openapi.serving import Served
from tests.projections.world import until

Database = AsyncDatabase[dict[str, Any]]
MANY = 20_000
TEXT = "x" * 1000
SILENCE = 2.0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def long(home: Database, site: Served) -> Documents:
    """Many documents, and nothing left to apply of them."""
    (await site.admin.put("/v1/collections/long", json={})).raise_for_status()
    orders = Documents(site.user, "long")
    await _filled(orders, home, MANY, {"text": TEXT})
    return orders


async def test_export_says_what_it_is_and_where_it_stands(orders: Documents, admin: httpx.AsyncClient) -> None:
    await orders.put("o1", {"n": 1, "text": 'a "b",\r\nc'})
    written = await orders.put("o2", {"n": 2})
    position = written.headers["fold-position"]
    await orders.put("o3", {"n": 3})
    answer = await admin.get(_export(orders), params={"format": "csv", "at": position})
    assert (answer.status_code, answer.headers["fold-position"]) == (200, position)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert all(answer.headers.values())
    name = f"{orders.collection}-{position}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert [(row["id"], row["n"], row["text"]) for row in rows] == [("o1", "1", 'a "b",\r\nc'), ("o2", "2", "")]


async def test_export_without_a_position_is_of_now_and_can_be_had_again(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    written = await orders.put("o1", {"n": 1})
    first = await admin.get(_export(orders), params={"format": "ndjson"})
    assert int(first.headers["fold-position"]) >= int(written.headers["fold-position"])
    await orders.put("o1", {"n": 2})
    again = await admin.get(_export(orders), params={"format": "ndjson", "at": first.headers["fold-position"]})
    assert again.content == first.content == written.content + b"\n"


async def test_rows_of_a_view_are_exported(collection: str, admin: httpx.AsyncClient) -> None:
    views = {"by_status": {"group_by": ["status"], "measures": {"orders": "count", "total": {"sum": "total"}}}}
    await admin.put(f"/v1/collections/{collection}", json={"views": views})
    for number, status in enumerate(("new", "paid", "paid")):
        await admin.put(f"/v1/documents/{collection}/o{number}", json={"status": status, "total": 0.1})
    answer = await admin.get(f"/v1/export/{collection}/by_status", params={"format": "ndjson"})
    assert answer.content == (
        b'{"status":"new","orders":1,"total":0.1}\n{"status":"paid","orders":2,"total":0.2}\n'
    )
    table = await admin.get(f"/v1/export/{collection}/by_status", params={"format": "parquet"})
    assert pq.read_table(io.BytesIO(table.content)).to_pydict() == {
        "status": ["new", "paid"],
        "orders": [1, 2],
        "total": [0.1, 0.2],
    }


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "format"),
        ("format=xls", "format"),
        ("format=csv&at=now", "at"),
        ("format=csv&at=-1", "at"),
        ("format=csv&at=9007199254740991", "at"),
        ("format=csv&at=1,1", "at"),
        ("format=csv&at=99999999", "at"),
        ("format=csv&defused=yes", "defused"),
    ],
)
async def test_export_that_makes_no_sense_is_refused(
    orders: Documents, admin: httpx.AsyncClient, query: str, parameter: str
) -> None:
    answer = await admin.get(f"{_export(orders)}?{query}")
    assert problem(answer, 400, "query-invalid")["parameter"] == parameter


async def test_only_an_administrator_may_export(orders: Documents, user: httpx.AsyncClient) -> None:
    problem(await user.get(_export(orders), params={"format": "csv"}), 403, "forbidden")


async def test_half_of_an_export_is_not_taken_for_all_of_it(
    orders: Documents, home: Database, admin: httpx.AsyncClient
) -> None:
    positions = await _filled(orders, home, 2 * PAGE, {"n": 1})
    await home["commits"].update_one({"_id": positions[-1]}, {"$unset": {"actor": True}})
    try:
        with pytest.raises(httpx.RemoteProtocolError):
            await admin.get(_export(orders), params={"format": "ndjson"})
        answer = await admin.get(_export(orders), params={"format": "csv"})
    finally:
        await home["commits"].update_one({"_id": positions[-1]}, {"$set": {"actor": "user:ada"}})
    assert answer.status_code == 500


async def test_export_is_read_from_the_log_no_faster_than_the_client_takes_it(
    long: Documents, home: Database, admin: httpx.AsyncClient
) -> None:
    orders = long
    async with _watched(home), _asked(orders, admin) as (reader, _):
        pages = await _settled(home)
        assert 0 < pages < MANY // PAGE // 2
        received = await reader.read()
        assert received.endswith(b"\r\n0\r\n\r\n")
        assert len(re.findall(rb'"id":"o\d+"', received)) == MANY


async def test_client_that_goes_away_ends_the_reading(
    long: Documents, home: Database, admin: httpx.AsyncClient
) -> None:
    orders = long
    async with _watched(home):
        async with _asked(orders, admin) as (reader, _):
            await reader.readexactly(100_000)
        assert await _settled(home) < MANY // PAGE // 2
        await until(lambda: not _exporting())


async def test_export_may_take_longer_than_a_handler_may_be_silent(
    long: Documents,
    home: Database,
    admin: httpx.AsyncClient,
    site: Served,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(site.app.config, "RESPONSE_TIMEOUT", SILENCE)
    last = await home["commits"].find_one({"stream": f"long/o{MANY // 2:07}"})
    assert last is not None
    begun = asyncio.get_running_loop().time()
    async with _asked(long, admin, f"&at={last['_id']}") as (reader, _):
        while asyncio.get_running_loop().time() - begun < 1.5 * SILENCE:
            assert await reader.read(PIECE)
            await asyncio.sleep(SILENCE / 400)  # a client that takes its time
        assert _exporting()
        assert (await reader.read()).endswith(b"\r\n0\r\n\r\n")


async def test_client_that_takes_nothing_is_cut_off(
    long: Documents, site: Served, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = long
    monkeypatch.setitem(site.app.config, "RESPONSE_TIMEOUT", 0.5)
    async with _asked(orders, admin) as (reader, _):
        await until(lambda: not _exporting())
        assert not (await reader.read()).endswith(b"0\r\n\r\n")


async def test_more_exports_at_one_time_than_there_may_be_are_told_to_come_again(
    long: Documents, admin: httpx.AsyncClient
) -> None:
    orders = long
    async with _asked(orders, admin), _asked(orders, admin), _asked(orders, admin), _asked(orders, admin):
        answer = await admin.get(_export(orders), params={"format": "ndjson"})
        problem(answer, 503, "overloaded")
        assert answer.headers["retry-after"] == "1"

    async def is_served() -> bool:
        return (await admin.get(_export(orders), params={"format": "csv", "at": "0"})).status_code == 200

    await until(is_served)


async def _filled(orders: Documents, home: Database, count: int, body: dict[str, Any]) -> list[Position]:
    """Fill, and wait until the projector has gone past it: what it meets there is no other test's affair."""
    positions = await fill(home, orders.collection, count, body)
    asked = {"Fold-After": str(positions[-1]), "Prefer": "wait=30"}
    (await orders.client.get(orders.path, headers=asked, timeout=60)).raise_for_status()
    return positions


def _export(orders: Documents) -> str:
    return f"/v1/export/{orders.collection}"


@asynccontextmanager
async def _asked(
    orders: Documents, admin: httpx.AsyncClient, more: str = ""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection on which an export was asked for, and whose answer has begun; nothing more is read of it."""
    url = admin.base_url
    connected = socket.socket()
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connected.connect((url.host, url.port or 80))
    reader, writer = await asyncio.open_connection(sock=connected, limit=4096)
    head = f"GET {_export(orders)}?format=ndjson{more} HTTP/1.1\r\nHost: {url.host}\r\nConnection: close\r\n"
    writer.write(f"{head}Authorization: {admin.headers['authorization']}\r\n\r\n".encode())
    try:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        yield reader, writer
    finally:
        writer.close()


@asynccontextmanager
async def _watched(home: Database) -> AsyncIterator[None]:
    """MongoDB writes down what it is asked."""
    await home.command("profile", 2)
    try:
        yield
    finally:
        await home.command("profile", 0)
        await home["system.profile"].drop()


def _exporting() -> list[object]:
    """The exports that are being made in this process."""
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, AsyncGeneratorType) and each.ag_code is parts.__code__ and each.ag_frame
    ]


async def _pages(home: Database) -> int:
    """How many pages of an extent were read."""
    return await home["system.profile"].count_documents({"command.hint": "stream_version"})


async def _settled(home: Database) -> int:
    """How many pages were read when no more are, for a second."""
    loop = asyncio.get_running_loop()
    seen, since = -1, loop.time()
    while loop.time() - since < 1:
        if (pages := await _pages(home)) != seen:
            seen, since = pages, loop.time()
        await asyncio.sleep(0.05)
    return seen

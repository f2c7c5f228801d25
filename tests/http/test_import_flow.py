"""How an import flows: answers while lines come, no faster than they are taken, for as long as they come."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from app.importing.flow import MOST_ANSWERS, Flow
from app.importing.repeating import PAGE
from app.routes.importing import MOST_AT_ONCE
from tests.http.documents import Documents, problem
from tests.http.importing import importing, lines, take, told
from tests.openapi.serving import Served
from tests.projections.world import until

Database = AsyncDatabase[dict[str, Any]]
MIB = 2**20
SHORT = 0.3


def flows() -> int:
    """How many imports are under way in this process."""
    return sum(task.get_name() == Flow.NAME for task in asyncio.all_tasks())


async def test_a_line_is_answered_while_the_next_is_not_yet_sent(orders: Documents) -> None:
    async with importing(orders) as under_way:
        for number in range(3):
            under_way.send({"id": f"o{number}"})
            if number == 0:
                assert b" 200 " in await under_way.head()
            [answer] = await under_way.answers()
            assert (answer["line"], answer["id"]) == (number + 1, f"o{number}")
        under_way.end()
        [summary] = await under_way.all_answers()
        assert summary["written"] == 3


async def test_a_line_may_come_in_any_pieces(orders: Documents) -> None:
    async with importing(orders) as under_way:
        body = lines({"id": "a", "t": "ä\n"}, {"id": "b"})
        for place in range(len(body)):
            under_way.send_raw(body[place : place + 1])
            await asyncio.sleep(0)
        under_way.end()
        await under_way.head()
        assert [each.get("id") for each in await under_way.all_answers()] == ["a", "b", None]


@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_may_be_larger_than_any_other_body(
    is_chunked: bool, orders: Documents, site: Served
) -> None:
    document = json.dumps({"t": "x" * (MIB // 2)}).encode() + b"\n"
    count = site.app.config.REQUEST_MAX_SIZE // len(document) + 3

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield document

    content = pieces() if is_chunked else document * count
    assert told(await take(orders, content))[1]["written"] == count


async def test_what_other_requests_may_send_is_bounded_as_before(orders: Documents, site: Served) -> None:
    body = b" " * (site.app.config.REQUEST_MAX_SIZE + 1)
    problem(await orders.post(body), 413, "body-too-large")


async def test_an_import_may_take_longer_than_another_body(
    orders: Documents, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "BODY_TIMEOUT", SHORT)
    async with importing(orders) as under_way:
        for number in range(8):
            under_way.send({"id": f"o{number}"})
            await asyncio.sleep(SHORT / 3)
        under_way.end()
        await under_way.head()
        assert (await under_way.all_answers())[-1]["written"] == 8


@pytest.mark.parametrize("drop", [b"", b"x", b"\n"])
async def test_a_client_that_brings_no_line_in_time_is_told_so(
    drop: bytes, orders: Documents, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "BODY_TIMEOUT", SHORT)
    async with importing(orders) as under_way:
        under_way.send({"id": "a"})
        if drop != b"\n":
            under_way.send_raw(b'{"id": "')
        await under_way.head()
        ending = asyncio.create_task(under_way.all_answers())
        while not ending.done():
            if drop:
                under_way.send_raw(drop)
            await asyncio.sleep(SHORT / 10)
        first, *_, summary = ending.result()
        assert first["id"] == "a"
        assert summary["problem"]["type"] == "/problems/request-timeout"
        assert await under_way.reader.read() == b""


async def test_a_body_that_breaks_off_is_told_after_what_was_read(orders: Documents) -> None:
    async with importing(orders) as under_way:
        under_way.send({"id": "a"})
        await under_way.head()
        [first] = await under_way.answers()
        under_way.writer.write(b"no chunk\r\n")
        [summary] = await under_way.all_answers()
        assert first["status"] == 201
        assert (summary["written"], summary["problem"]["status"]) == (1, 400)
        assert await under_way.reader.read() == b""


async def test_a_body_without_a_line_that_breaks_off_is_refused(orders: Documents) -> None:
    async with importing(orders) as under_way:
        under_way.writer.write(b"no chunk\r\n")
        assert b" 400 " in await under_way.head()


async def test_a_client_that_goes_away_ends_the_import_and_keeps_what_was_acknowledged(
    orders: Documents,
) -> None:
    async with importing(orders) as under_way:
        under_way.send(*({"id": f"o{number}"} for number in range(100)))
        await under_way.head()
        acknowledged = await under_way.answers()
        assert acknowledged
    await until(_nothing_flows)
    last = str(max(each["position"] for each in acknowledged))
    for each in acknowledged:
        assert (await orders.get(each["id"], fold_after=last)).status_code == 200


async def test_a_client_that_takes_no_answers_makes_nothing_grow_and_is_cut(
    orders: Documents, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "RESPONSE_TIMEOUT", 1.0)
    monkeypatch.setitem(site.app.config, "GRACEFUL_TCP_CLOSE_TIMEOUT", 0.1)
    before = _resident()
    most = 0
    async with importing(orders, buffer=4096) as under_way:
        number = 0
        while not under_way.writer.transport.is_closing():
            under_way.send(*(b"x" * 40 for _ in range(500)))  # each is answered with four times as much
            number += 500
            try:
                async with asyncio.timeout(5):
                    await under_way.writer.drain()
            except (TimeoutError, ConnectionError):
                break
            most = max(most, _resident())
            assert number < 500_000, "it is read without end"
    await until(_nothing_flows)
    assert most - before < 40 * MIB


async def test_a_client_that_reads_when_all_is_sent_has_room_for_many_answers(orders: Documents) -> None:
    longest = {"line": 40_000, "status": 201, "id": "x" * 36, "version": 1, "position": 1_000_000}
    assert len(json.dumps(longest, separators=(",", ":"))) * 40_000 <= MOST_ANSWERS
    of_lines, summary = told(await take(orders, lines(*({"n": number} for number in range(10_000)))))
    assert (len(of_lines), summary["written"]) == (10_000, 10_000)


async def test_what_was_sent_before_is_looked_up_many_lines_at_a_time(
    orders: Documents, home: Database
) -> None:
    body = lines(*({"n": number} for number in range(3000)))
    first = await take(orders, body, idempotency_key=orders.collection)
    await home.command("profile", 2)
    try:
        again = await take(orders, body, idempotency_key=orders.collection)
        asked = await home["system.profile"].count_documents({"ns": f"{home.name}.commits"})
    finally:
        await home.command("profile", 0)
        await home["system.profile"].drop()
    assert again.content == first.content
    assert 3000 // PAGE <= asked < 100


async def test_more_imports_at_one_time_than_there_may_be_are_told_to_come_again(orders: Documents) -> None:
    opened = [importing(orders) for _ in range(MOST_AT_ONCE)]
    for number, each in enumerate(opened):
        under_way = await each.__aenter__()
        under_way.send({"id": f"o{number}"})
        await under_way.head()
    answer = await take(orders, lines({"n": 1}))
    problem(answer, 503, "overloaded")
    assert answer.headers["retry-after"] == "1"
    for each in opened:
        await each.__aexit__(None, None, None)
    await until(_nothing_flows)
    assert told(await take(orders, lines({"n": 1})))[1]["written"] == 1


async def _nothing_flows() -> bool:
    return flows() == 0


def _resident() -> int:
    """Bytes of memory that this process uses."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

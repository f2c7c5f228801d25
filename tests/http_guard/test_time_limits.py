"""Time limits are absolute: whoever drips bytes is cut when the time is over, and nobody else is."""

import asyncio
from time import monotonic

import pytest

from tests.http_guard.wire import GET, LAST, SMUGGLED, Server, head, serving

WAIT = b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"
SHORT = 0.2


async def _drip(server: Server, start: bytes, drops: bytes) -> tuple[bytes, float]:
    """Send `start`, then one byte every 10 ms until the server closes; what it said and after how long."""
    async with server.connection() as (reader, writer):
        said = asyncio.create_task(reader.read())
        began = monotonic()
        writer.write(start)
        for place in range(len(drops)):
            if (await asyncio.wait({said}, timeout=0.01))[0]:
                break
            writer.write(drops[place : place + 1])
        return await asyncio.wait_for(said, 5), monotonic() - began


SLOW = {
    "head": (b"", head("X-A: " + "x" * 500)),
    "body": (head("Content-Length: 500"), b"x" * 500),
    "chunked body": (head("Transfer-Encoding: chunked"), b"1\r\nx\r\n" * 100),
    "chunk": (head("Transfer-Encoding: chunked") + b"FF\r\n", b"x" * 250),
}


@pytest.mark.parametrize("part", SLOW)
async def test_a_part_that_drips_in_is_cut_at_its_time_with_408(part: str) -> None:
    async with serving(HEAD_TIMEOUT=SHORT, BODY_TIMEOUT=SHORT) as server:
        said, took = await _drip(server, *SLOW[part])
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in said
        assert SHORT <= took < 10 * SHORT
        assert server.ran == []


@pytest.mark.parametrize("start", [b"G", head("Content-Length: 5") + b"1234"])
async def test_a_client_that_falls_silent_is_cut_at_its_time_with_408(start: bytes) -> None:
    async with serving(HEAD_TIMEOUT=SHORT, BODY_TIMEOUT=SHORT) as server:
        assert (await server.answer(start)).startswith(b"HTTP/1.1 408 ")
        assert server.ran == []


async def test_a_body_that_drips_in_for_no_route_is_cut_after_its_answer() -> None:
    async with serving(BODY_TIMEOUT=SHORT) as server:
        said, _ = await _drip(server, head("Content-Length: 500", method="TRACE"), b"x" * 500)
        assert said.startswith(b"HTTP/1.1 405 ")
        assert said.count(b"connection: ") == 1


async def test_a_head_that_drips_in_behind_a_good_request_is_cut() -> None:
    async with serving(HEAD_TIMEOUT=SHORT) as server:
        said, _ = await _drip(server, GET + b"G", b"E" * 500)
        assert said.startswith(b"HTTP/1.1 200 ")
        assert said.count(b"HTTP/1.1 408 ") == 1
        assert server.ran == ["GET /a"]


@pytest.mark.parametrize("before", [b"", GET])
async def test_an_idle_connection_is_closed_without_a_word(before: bytes) -> None:
    async with serving(KEEP_ALIVE_TIMEOUT=SHORT) as server:
        began = monotonic()
        said = await server.answer(before)
        assert SHORT <= monotonic() - began < 10 * SHORT
        assert said.count(b"connection: ") == len(server.ran) == bool(before)


async def test_rest_between_requests_does_not_count_as_a_slow_head() -> None:
    async with serving(HEAD_TIMEOUT=SHORT / 4) as server, server.connection() as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"ran a")
        await asyncio.sleep(SHORT)
        writer.write(LAST)
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 200 ")


async def test_a_slow_handler_is_no_slow_client() -> None:
    async with serving(HEAD_TIMEOUT=SHORT / 4, BODY_TIMEOUT=SHORT / 4) as server:
        asyncio.get_running_loop().call_later(SHORT, server.gate.set)
        answer = await server.answer(WAIT[:9], WAIT[9:] + LAST)
        assert answer.count(b"HTTP/1.1 200 ") == 2


async def test_a_handler_that_takes_too_long_is_answered_503_whatever_its_client_sends() -> None:
    async with serving(RESPONSE_TIMEOUT=SHORT) as server:
        said, took = await _drip(server, WAIT, SMUGGLED * 20)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert took < 10 * SHORT
        assert server.ran == ["GET /wait"]


async def test_a_refused_client_that_does_not_hang_up_is_hung_up_on() -> None:
    async with serving() as server, server.connection() as (reader, writer):
        writer.write(head("Bad header"))
        await asyncio.wait_for(reader.read(), 5)
        assert len(server.connections) == 1
        async with asyncio.timeout(5):
            while server.connections:
                writer.write(b"x")
                await asyncio.sleep(0.01)


async def test_one_connection_more_than_allowed_is_turned_away_until_another_ends() -> None:
    async with (
        serving(CONNECTION_LIMIT=2) as server,
        server.connection() as first,
        server.connection() as second,
    ):
        for reader, writer in (first, second):
            writer.write(GET)
            await reader.readuntil(b"ran a")
        assert (await server.answer(LAST)).startswith(b"HTTP/1.1 503 ")
        first[1].write(LAST)
        await first[0].read()
        assert (await server.answer(LAST)).startswith(b"HTTP/1.1 200 ")


async def test_others_are_served_while_many_connections_drip() -> None:
    async with serving() as server:
        drips = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(200)]
        for _, writer in drips:
            writer.write(b"GET /a HT")
        assert (await server.answer(LAST)).startswith(b"HTTP/1.1 200 ")
        assert len(server.connections) >= 200
        for _, writer in drips:
            writer.close()

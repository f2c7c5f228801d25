"""What is well-formed runs: pipelined, kept alive, asked to go on, in pieces."""

import asyncio

import pytest

from tests.http_guard.wire import GET, LAST, head, serving


async def test_pipelined_requests_run_in_order() -> None:
    post = head("Content-Length: 2") + b"hi"
    async with serving() as server:
        answer = await server.answer(GET + post + GET + LAST)
        assert server.ran == ["GET /a", "POST /a hi", "GET /a", "GET /last"]
        assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4


async def test_a_request_runs_once_when_it_comes_byte_by_byte() -> None:
    request = head("Content-Length: 2", "Connection: close") + b"hi"
    async with serving() as server:
        answer = await server.answer(*[request[place : place + 1] for place in range(len(request))])
        assert answer.endswith(b"\r\n\r\nran a")
        assert server.ran == ["POST /a hi"]


async def test_a_connection_is_kept_until_the_client_asks_to_close_it() -> None:
    async with serving() as server, server.connection() as (reader, writer):
        for _ in range(3):
            writer.write(GET)
            assert b"connection: keep-alive\r\n" in await reader.readuntil(b"ran a")
        writer.write(LAST)
        assert b"connection: close\r\n" in await asyncio.wait_for(reader.read(), 5)
        assert server.ran == ["GET /a"] * 3 + ["GET /last"]


async def test_fields_that_change_between_requests_are_read_anew() -> None:
    long = "x" * 5000
    async with serving() as server:
        bodies = [head(f"Content-Length: {size}", f"X-A: {long}") + b"x" * size for size in (3, 1, 2)]
        await server.answer(GET + bodies[0] + bodies[1] + GET + bodies[2] + LAST)
        ran = ["GET /a", "POST /a xxx", "POST /a x", "GET /a", "POST /a xx", "GET /last"]
        assert server.ran == ran


@pytest.mark.parametrize(
    "option", ["Connection: Close", "Connection: keep-alive, close", "Connection: x\r\nConnection: CLOSE"]
)
async def test_the_server_closes_when_a_connection_option_says_so(option: str) -> None:
    async with serving() as server:
        assert b"connection: close" in await server.answer(head(option, method="GET") + GET)
        assert server.ran == ["GET /a"]


async def test_http_1_0_runs_without_host_and_is_kept_alive_only_when_it_asks() -> None:
    once, again = b"GET /a HTTP/1.0\r\n\r\n", b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    async with serving() as server:
        await server.answer(again + once + GET)
        assert server.ran == ["GET /a", "GET /a"]


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://LOCALHOST/a?b HTTP/1.1",
        "GET https://localhost/a HTTP/1.1",
        "GET /a?where[x]=%5B1%5D HTTP/1.1",
    ],
)
async def test_every_form_of_a_target_reaches_its_route(request_line: str) -> None:
    async with serving() as server:
        await server.answer(f"{request_line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert server.ran == ["GET /a"]


@pytest.mark.parametrize(
    "host", ["localhost:8000", "[::1]:8000", "[::1]", "127.0.0.1", "xn--bcher-kva.example"]
)
async def test_every_form_of_a_host_is_taken(host: str) -> None:
    async with serving() as server:
        await server.answer(head("Connection: close", method="GET", host=f"Host: {host}"))
        assert server.ran == ["GET /a"]


async def test_a_made_up_method_is_left_to_the_router() -> None:
    async with serving() as server:
        answer = await server.answer(head("Connection: close", method="frobnicate!"))
        assert answer.startswith(b"HTTP/1.1 405 ")


async def test_bytes_beyond_ascii_in_a_value_do_no_harm() -> None:
    async with serving() as server:
        await server.answer(head("X-City: Z\xfcrich", "Connection: close", method="GET"))
        assert server.ran == ["GET /a"]


async def test_a_client_that_waits_for_100_continue_is_told_to_go_on() -> None:
    async with serving() as server, server.connection() as (reader, writer):
        writer.write(head("Content-Length: 2", "Expect: 100-Continue", "Connection: close"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hi")
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.ran == ["POST /a hi"]


async def test_a_client_that_waits_for_100_continue_in_vain_is_answered_and_left() -> None:
    async with serving() as server:
        answer = await server.answer(head("Content-Length: 2", "Expect: 100-continue", method="TRACE"))
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"connection: close\r\n" in answer
        assert b"alt-svc" not in answer


async def test_a_client_whose_body_came_with_its_head_is_not_told_to_go_on() -> None:
    async with serving() as server:
        answer = await server.answer(
            head("Content-Length: 2", "Expect: 100-continue", "Connection: close") + b"hi"
        )
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.ran == ["POST /a hi"]


async def test_a_body_as_large_as_allowed_is_taken_whole() -> None:
    body = b"x" * 300_000
    async with serving(REQUEST_MAX_SIZE=300_000) as server:
        await server.answer(head("Content-Length: 300000", "Connection: close"), body[:100], body[100:])
        assert server.ran == ["POST /a " + body.decode()]


async def test_a_head_request_is_answered_without_a_body() -> None:
    async with serving() as server:
        answer = await server.answer(head("Connection: close", method="HEAD"))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b"\r\n\r\n")


async def test_an_upgrade_to_websocket_is_ignored() -> None:
    async with serving() as server:
        await server.answer(head("Upgrade: websocket", "Connection: upgrade, close", method="GET"))
        assert server.ran == ["GET /a"]

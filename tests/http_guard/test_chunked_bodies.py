"""Chunked bodies: read to the letter, however they are cut; what follows them is the next request's."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic.exceptions import BadRequest

from app.http.body import ChunkedBody
from tests.http_guard.wire import LAST, SMUGGLED, head, serving

CHUNKED = head("Transfer-Encoding: chunked")

REFUSED = {
    "a size in hex notation": b"0x2\r\nhi\r\n0\r\n\r\n",
    "white space around a size": b" 2 \r\nhi\r\n0\r\n\r\n",
    "a signed size": b"+2\r\nhi\r\n0\r\n\r\n",
    "a negative size": b"-2\r\nhi\r\n0\r\n\r\n",
    "a size with an underscore": b"0_2\r\nhi\r\n0\r\n\r\n",
    "an empty size": b"\r\nhi\r\n0\r\n\r\n",
    "a size of nine digits": b"000000002\r\nhi\r\n0\r\n\r\n",
    "a size beyond ASCII": b"\xd9\xa2\r\nhi\r\n0\r\n\r\n",
    "an extension": b"2;a=b\r\nhi\r\n0\r\n\r\n",
    "a bare line feed after a size": b"2\nhi\r\n0\r\n\r\n",
    "a bare carriage return after a size": b"2\rhi\r\n0\r\n\r\n",
    "data longer than its size": b"2\r\nhiXX0\r\n\r\n",
    "data shorter than its size": b"3\r\nhi\r\n0\r\n\r\n",
    "a bare line feed after data": b"2\r\nhi\n0\r\n\r\n",
    "a trailer": b"2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n",
    "no end after the last chunk": b"2\r\nhi\r\n0\r\nGET",
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_malformed_body_is_refused_and_nothing_after_it_runs(name: str) -> None:
    async with serving() as server:
        answer = await server.answer(CHUNKED + REFUSED[name] + SMUGGLED)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"connection: ") == 1
        assert server.ran == []


async def test_a_body_over_the_limit_is_refused_as_soon_as_it_is_over() -> None:
    async with serving(REQUEST_MAX_SIZE=10) as server:
        answer = await server.answer(CHUNKED + b"6\r\n123456\r\n" + b"5\r\n12345\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert server.ran == []


async def test_requests_after_a_chunked_body_run() -> None:
    body = b"2\r\nhi\r\nA\r\n, you ther\r\n00001\r\ne\r\n0\r\n\r\n"
    async with serving() as server:
        await server.answer(CHUNKED + body + CHUNKED + b"0\r\n\r\n" + LAST)
        assert server.ran == ["POST /a hi, you there", "POST /a", "GET /last"]


async def test_a_body_that_no_route_wants_does_not_stay_in_the_way() -> None:
    lost = head("Transfer-Encoding: chunked", method="TRACE") + b"2\r\nhi\r\n0\r\n\r\n"
    async with serving() as server:
        answer = await server.answer(lost + LAST)
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert server.ran == ["GET /last"]


async def test_a_malformed_body_that_no_route_wants_ends_the_connection() -> None:
    lost = head("Transfer-Encoding: chunked", method="TRACE") + b"2\r\nhiXX0\r\n\r\n"
    async with serving() as server:
        answer = await server.answer(lost + SMUGGLED)
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert server.ran == []


def _feed(pieces: list[bytes]) -> tuple[bytes, bytes]:
    """What a body makes of these pieces: its data, and what it left in the buffer."""
    body, buffer, data = ChunkedBody(), bytearray(), b""
    for piece in pieces:
        buffer += piece
        data += body.take(buffer)
    assert body.ended
    return data, bytes(buffer)


def _cut(text: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % len(text) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


CHUNKS = st.lists(st.binary(min_size=1, max_size=20), max_size=8)
PLACES = st.lists(st.integers(0, 10_000), max_size=20)


@given(CHUNKS, PLACES, st.binary(max_size=10))
def test_a_body_is_its_chunks_however_it_is_cut(chunks: list[bytes], places: list[int], after: bytes) -> None:
    text = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n" + after
    assert _feed(_cut(text, places)) == (b"".join(chunks), after)


@given(CHUNKS, PLACES, st.binary(max_size=40))
def test_a_body_is_refused_or_not_whichever_way_it_is_cut(
    chunks: list[bytes], places: list[int], damage: bytes
) -> None:
    text = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + damage
    assert _judge([text]) == _judge(_cut(text, places) if text else [text])


def _judge(pieces: list[bytes]) -> object:
    body, buffer, data = ChunkedBody(), bytearray(), b""
    try:
        for piece in pieces:
            buffer += piece
            data += body.take(buffer)
    except BadRequest:
        return "refused"
    return data, body.ended, bytes(buffer)

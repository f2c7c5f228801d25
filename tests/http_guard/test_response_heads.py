"""Heads of responses: written the short way they say what Sanic's own say, and no value breaks out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic.compat import Header
from sanic.headers import format_http1_response
from sanic.response import HTTPResponse

from app.http.response_head import write_head
from tests.http_guard.wire import LAST, serving

VALUES = st.text(st.characters(max_codepoint=0x2FF), max_size=12) | st.sampled_from(
    ["a\r\nb: c", "\0", "\r", "\n"]
)
FIELDS = st.lists(st.tuples(st.sampled_from(["X-A", "etag", "Content-Type", "set-cookie"]), VALUES), max_size=4)


def _sanic(response: HTTPResponse, length: int, connection: str) -> list[bytes]:
    response.headers["content-length"] = str(length)
    response.headers["connection"] = connection
    return sorted(format_http1_response(response.status, response.processed_headers).split(b"\r\n"))


@given(FIELDS, st.sampled_from([200, 201, 400, 404, 503]), st.booleans())
def test_a_head_says_what_sanic_says_or_is_left_to_sanic(
    fields: list[tuple[str, str]], status: int, keep_alive: bool
) -> None:
    response = HTTPResponse(b"body", status, Header(fields), "text/plain")
    head = write_head(status, response.headers, "text/plain", 4, keep_alive)
    if head is None:
        assert any(character in value for _, value in fields for character in "\r\n\0")
    else:
        connection = "keep-alive" if keep_alive else "close"
        assert sorted(head.split(b"\r\n")) == _sanic(response, 4, connection)


@pytest.mark.parametrize("status", [100, 101, 299, 1000])
def test_a_status_that_is_interim_or_has_no_name_is_left_to_sanic(status: int) -> None:
    assert write_head(status, Header(), None, 0, True) is None


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_says_nothing_of_one(status: int) -> None:
    head = write_head(status, Header({"etag": '"1"'}), "text/plain", 0, True)
    assert head is not None
    assert [line.partition(b":")[0] for line in head.split(b"\r\n")[1:]] == [b"connection", b"etag", b"", b""]


async def test_an_answer_to_head_is_the_head_of_the_answer_to_get() -> None:
    async with serving() as server:
        got, headed = [
            (await server.answer(b"%b /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % method))
            for method in (b"GET", b"HEAD")
        ]
    head, _, body = got.partition(b"\r\n\r\n")
    assert body
    assert headed == head + b"\r\n\r\n"
    assert b"alt-svc" not in head


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Connection"])
def test_a_response_that_frames_itself_is_left_to_sanic(name: str) -> None:
    assert write_head(200, Header({name: "1"}), None, 0, True) is None


def test_a_response_without_content_type_names_none() -> None:
    head = write_head(200, Header(), None, 0, True)
    assert head is not None
    assert b"content-type" not in head.lower()


async def test_a_response_that_streams_goes_out_in_chunks_and_leaves_the_connection_usable() -> None:
    request = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with serving() as server:
        answer = await server.answer(request + LAST)
        assert b"transfer-encoding: chunked\r\n" in answer
        assert b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n" in answer
        assert b"alt-svc" not in answer


@pytest.mark.parametrize("option", ["", "Connection: keep-alive\r\n"])
async def test_a_response_that_streams_to_http_1_0_ends_with_the_connection(option: str) -> None:
    request = f"GET /stream HTTP/1.0\r\nHost: localhost\r\n{option}\r\n".encode()
    async with serving() as server:
        head, _, body = (await server.answer(request + LAST)).partition(b"\r\n\r\n")
        assert body == b"onetwo"
        assert b"connection: close" in head
        assert b"transfer-encoding" not in head
        assert server.ran == []

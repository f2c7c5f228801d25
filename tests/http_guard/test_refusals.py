"""What the guard refuses before a handler runs, with which status; and that it closes afterwards."""

import pytest

from tests.http_guard.wire import SMUGGLED, head, serving

LONG = "x" * 20_000

REFUSED: dict[str, tuple[bytes, int]] = {
    "a space before the colon": (head("Content-Length : 2"), 400),
    "a coding with a space before the colon": (head("Transfer-Encoding : chunked"), 400),
    "a name that is no token": (head("X(y): 1"), 400),
    "a name in another alphabet": (head("X\xe9: 1"), 400),
    "a name with a letter that only looks like a K": (head("Coo\xe2\x84\xaaie: 1"), 400),
    "an empty name": (head(": 1"), 400),
    "a field without colon": (head("nothing"), 400),
    "a folded field": (head("X-A: 1", " 2"), 400),
    "a field folded with a tab": (head("X-A: 1", "\t2"), 400),
    "white space before the first field": (b"GET /a HTTP/1.1\r\n Host: localhost\r\n\r\n", 400),
    "NUL in a value": (head("X-A: a\0b"), 400),
    "a bare line feed in a value": (head("X-A: a\nX-B: b"), 400),
    "a bare carriage return in a value": (head("X-A: a\rX-B: b"), 400),
    "a control character in a value": (head("X-A: \x1b[31m"), 400),
    "DEL in a value": (head("X-A: \x7f"), 400),
    "no Host": (b"GET /a HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (head(method="GET", host="Host: a\r\nHost: b"), 400),
    "two Hosts that agree": (head(method="GET", host="Host: a\r\nhost: a"), 400),
    "an empty Host": (head(method="GET", host="Host: "), 400),
    "a Host with a path": (head(method="GET", host="Host: a/b"), 400),
    "a Host with user information": (head(method="GET", host="Host: u@a"), 400),
    "a list as Host": (head(method="GET", host="Host: a b"), 400),
    "an empty length": (head("Content-Length: "), 400),
    "a signed length": (head("Content-Length: +2"), 400),
    "a negative length": (head("Content-Length: -2"), 400),
    "a length in hex": (head("Content-Length: 0x2"), 400),
    "a length with an underscore": (head("Content-Length: 1_0"), 400),
    "a length in Arabic digits": (head("Content-Length: \xd9\xa2"), 400),
    "a length of 16 digits": (head("Content-Length: 0000000000000002"), 400),
    "a list of lengths": (head("Content-Length: 2, 2"), 400),
    "two lengths": (head("Content-Length: 2", "Content-Length: 3"), 400),
    "two lengths that agree": (head("Content-Length: 2", "content-length: 2"), 400),
    "a length and a coding": (head("Content-Length: 2", "Transfer-Encoding: chunked"), 400),
    "a coding and a length": (head("Transfer-Encoding: chunked", "Content-Length: 2"), 400),
    "a coding in capitals": (head("Transfer-Encoding: Chunked"), 400),
    "another coding": (head("Transfer-Encoding: gzip"), 400),
    "two codings in a list": (head("Transfer-Encoding: gzip, chunked"), 400),
    "two codings": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    "a quoted coding": (head('Transfer-Encoding: "chunked"'), 400),
    "an empty coding": (head("Transfer-Encoding: "), 400),
    "a coding in HTTP/1.0": (b"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "two tokens": (head("Authorization: Bearer a", "authorization: Bearer b"), 400),
    "two tokens that agree": (head("Authorization: Bearer a", "Authorization: Bearer a"), 400),
    "two media types": (head("Content-Type: application/json", "Content-Type: text/plain"), 400),
    "two expectations": (head("Content-Length: 2", "Expect: 100-continue", "Expect: 100-continue"), 400),
    "two origins": (head("Origin: http://a.example", "Origin: http://b.example"), 400),
    "an unknown expectation": (head("Content-Length: 2", "Expect: tea"), 417),
    "a request line of two words": (b"GET /a\r\nHost: localhost\r\n\r\n", 400),
    "a request line of four words": (b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "two spaces in the request line": (b"GET  /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a tab in the request line": (b"GET\t/a\tHTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an empty line first": (b"\r\nGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a method that is no token": (b"G(T /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "NUL in the target": (b"GET /a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a bare carriage return in the target": (b"GET /a\rb HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a target beyond ASCII": (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a fragment": (b"GET /a#b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a target without slash": (b"GET a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a star for GET": (b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "CONNECT": (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target of another host": (b"GET http://b/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target with user information": (b"GET http://u@b/a HTTP/1.1\r\nHost: b\r\n\r\n", 400),
    "a target that begins with two slashes": (b"GET //b/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target whose path does": (b"GET http://localhost//a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target without path": (b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target of another scheme": (b"GET ftp://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/2 in name": (b"GET /a HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    "HTTP/1.2": (b"GET /a HTTP/1.2\r\nHost: localhost\r\n\r\n", 505),
    "a version that is none": (b"GET /a HTTQ/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a version in small letters": (b"GET /a http/1.1\r\nHost: localhost\r\n\r\n", 400),
    "line feeds alone": (b"GET /a HTTP/1.1\nHost: localhost\n\n", 400),
    "the hello of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "a head over 16 KiB": (head(f"X-A: {LONG}", method="GET"), 431),
    "a head over 16 KiB that does not end": (head(f"X-A: {LONG}", method="GET")[:-4], 431),
    "a target over 16 KiB": (f"GET /{LONG} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 414),
    "a target over 16 KiB that does not end": (f"GET /{LONG}".encode(), 414),
    "a body declared over the limit": (head("Content-Length: 1025"), 413),
    "a body declared at 10 GB": (head("Content-Length: 10000000000"), 413),
    "a body over the limit that waits to be asked for": (
        head("Content-Length: 1025", "Expect: 100-continue"),
        413,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_request_is_refused_and_nothing_after_it_runs(name: str) -> None:
    request, status = REFUSED[name]
    async with serving(REQUEST_MAX_SIZE=1024) as server:
        answer = await server.answer(request + SMUGGLED)
        assert int(answer.split(b" ", 2)[1]) == status
        assert answer.count(b"connection: ") == 1
        assert b"connection: close" in answer
        assert server.ran == []


async def test_a_refusal_is_the_same_byte_by_byte() -> None:
    request = head("X-A: a\0b")
    async with serving() as server:
        pieces = [request[place : place + 1] for place in range(len(request))]
        assert (await server.answer(*pieces)).startswith(b"HTTP/1.1 400 ")
        assert server.ran == []


async def test_a_client_that_goes_on_sending_still_reads_the_refusal() -> None:
    async with serving(REQUEST_MAX_SIZE=1024) as server:
        answer = await server.answer(head("Content-Length: 4000000"), *[b"x" * 100_000] * 20)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert server.ran == []

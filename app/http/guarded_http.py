"""One request after another on one connection: Sanic's Http, with the reading done by strict parsers."""

import re
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from sanic.exceptions import (
    BadRequest,
    ExpectationFailed,
    PayloadTooLarge,
    RequestTimeout,
    SanicException,
    URITooLong,
)
from sanic.http import Http, Stage
from sanic.http.http1 import HTTP_CONTINUE
from sanic.models.protocol_types import TransportProtocol

from app.http.answer import Answer
from app.http.body import Body, ChunkedBody, SizedBody
from app.http.coding import LEAST, coding_for
from app.http.head import Fields, read_request_line
from app.http.refusals import HeadTooLarge
from app.http.response_head import write_head

if TYPE_CHECKING:
    from sanic.request import Request
    from sanic.response import HTTPResponse

    from app.http.protocol import GuardedProtocol

HEAD_LIMIT: Final = 16 * 1024
"""Most bytes of a head, request line and fields together."""

_REMEMBERED_BLOCK: Final = 2 * 1024
_NO_HEAD: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\n]|(?<!\r)\n")
_UNREAD: Final = b"unread"


class GuardedHttp(Http):
    """Reads heads and bodies by the letter, each within its time; what is odd is refused before a handler runs.

    A refusal is a Sanic exception with a fixed text, after which the connection is of no use and closes.
    A client mostly repeats its fields from request to request: a block of fields equal to the one
    before it on this connection is not read again, which makes the guard cheaper than what it replaces.
    Signals http.lifecycle.read_head, .request and .read_body are not sent.
    """

    protocol: "GuardedProtocol"

    __slots__ = ("_block", "_body", "_body_size", "_deadline", "_declared", "_fields")

    def __init__(self, protocol: "GuardedProtocol") -> None:
        super().__init__(protocol)  # type: ignore[no-untyped-call]
        self._block = b""
        self._fields = Fields.read(b"")
        self._body: Body | None = None
        self._body_size = self._declared = 0
        self._deadline = 0.0

    async def http1_request_header(self) -> None:
        """Read one head into `self.request` and make ready for its body."""
        end = self.recv_buffer.find(b"\r\n\r\n")
        if end < 0:
            end = await self._rest_of_head()
        try:
            self._read_head(end)
        except SanicException:
            self.protocol.distrust()
            raise

    async def _rest_of_head(self) -> int:
        """Wait for the empty line that ends a head, and no longer than it takes to see there is none."""
        buffer = self.recv_buffer
        self._deadline = monotonic() + self.protocol.head_timeout
        end, seen = -1, 0
        while end < 0:
            if len(buffer) > HEAD_LIMIT:
                break
            if _NO_HEAD.search(buffer, max(0, seen - 1)):
                self.protocol.distrust()
                raise BadRequest("This is not HTTP/1.1")
            seen = len(buffer)
            await self._more()
            end = buffer.find(b"\r\n\r\n", max(0, seen - 3))
        return end

    def _read_head(self, end: int) -> None:
        buffer = self.recv_buffer
        if not 0 <= end <= HEAD_LIMIT:
            raise self._too_large()
        head = bytes(buffer[:end])
        del buffer[: end + 4]
        line_end = head.find(b"\r\n")
        if line_end < 0:
            line_end = end
        method, target, version, authority = read_request_line(head[:line_end])
        self.url = target
        fields = self._fields_of(head[line_end:])
        fields.check_target(version, authority)
        self.head_only = method == "HEAD"
        self.keep_alive = self.protocol.keep_alive and fields.keeps_alive(version)
        self._open_request(method, target, version, head, fields)
        if fields.length or fields.chunked:
            self._expect_body(fields)

    def _too_large(self) -> SanicException:
        if self.recv_buffer.find(b"\r\n", 0, HEAD_LIMIT) < 0:
            return URITooLong("The request line is too long")
        return HeadTooLarge("The header fields are too large")

    def _fields_of(self, block: bytes) -> Fields:
        if block == self._block:
            return self._fields
        fields = Fields.read(block)
        if len(block) <= _REMEMBERED_BLOCK:
            self._block, self._fields = block, fields
        return fields

    def _open_request(self, method: str, target: str, version: str, head: bytes, fields: Fields) -> None:
        protocol = self.protocol
        request: Request = protocol.request_class(
            url_bytes=target.encode(),
            headers=fields.headers,
            version=version,
            method=method,
            transport=cast(TransportProtocol, protocol.transport),
            app=protocol.app,
            head=head,
        )
        protocol.request_class._current.set(request)
        self.request, request.stream = request, self
        protocol.state["requests_count"] += 1
        protocol.mark()

    def _expect_body(self, fields: Fields) -> None:
        if fields.expects is not None and fields.expects.lower() != "100-continue":
            raise ExpectationFailed("The only expectation is 100-continue")
        self.expecting_continue = fields.expects is not None
        self._body_size, self._declared = 0, fields.length
        self.request_body = _UNREAD
        self._body = ChunkedBody() if fields.chunked else SizedBody(fields.length)
        self.renew()

    async def http1_response_header(self, data: bytes, end_stream: bool) -> None:
        """Send the head, and with it the body where that is known whole.

        A large body goes out compressed where the client takes that.
        """
        response = self.response
        if response.body and not data:
            data, end_stream = response.body, True
            if len(data) >= LEAST and "content-encoding" not in response.headers:
                data = await self._coded(data)
        head = None
        if end_stream and not (self.expecting_continue or self.protocol.access_log):
            fields = response.fields if isinstance(response, Answer) else response.headers
            head = write_head(response.status, fields, response.content_type, len(data), self.keep_alive)
        if head is None:
            await self._send_other_head(data, end_stream)
            return
        self.response_func = None  # type: ignore[assignment]
        await self._send(head if self.head_only else head + data)
        self.stage = Stage.IDLE

    async def _send_other_head(self, data: bytes, end_stream: bool) -> None:
        """Send the head of a stream, or of an answer to a client that waits with its body.

        Such a client is not told to go on, and no more is read from it. What `write_head` does not write is
        done Sanic's way, which adds an empty Alt-Svc.
        """
        chunked = self.request.version != "1.0"
        if self.expecting_continue or not (end_stream or chunked):
            self.abandon()
        response, length = self.response, len(data) if end_stream else None
        fields, kind = response.headers, response.content_type
        head = write_head(response.status, fields, kind, length, self.keep_alive, chunked=chunked)
        if head is None or self.protocol.access_log:
            await super().http1_response_header(data, end_stream)
            return
        if chunked and not end_stream:
            data = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        self.response_func = self._rest_of_answer(end_stream, chunked)  # type: ignore[assignment]
        await self._send(head if self.head_only else head + data)
        self.stage = Stage.IDLE if end_stream else Stage.RESPONSE

    def _rest_of_answer(self, end_stream: bool, chunked: bool) -> Callable[..., object] | None:
        if end_stream:
            return None
        if self.head_only:
            return self.head_response_ignored
        return self.http1_response_chunked if chunked else self._send_unframed

    async def _send_unframed(self, data: bytes, end_stream: bool) -> None:
        """More of a stream to a client of HTTP/1.0, which knows no chunks: it ends with the connection."""
        await self._send(data)
        if end_stream:
            self.response_func, self.stage = None, Stage.IDLE  # type: ignore[assignment]

    async def _coded(self, data: bytes) -> bytes:
        """A large body as the client likes it best."""
        coding = coding_for(self.request.headers)
        if coding is None:
            return data
        coding.mark(self.response.headers)
        return await coding.coded(data)

    async def head_response_ignored(self, data: bytes, end_stream: bool) -> None:  # type: ignore[override]
        """What would be the body of an answer to HEAD. Sanic awaits this, and its own is no coroutine."""
        super().head_response_ignored(data, end_stream)

    async def answer(self, response: "HTTPResponse") -> None:
        """Send an answer that is known whole."""
        self.respond(response)
        await self.http1_response_header(b"", True)

    def body_at_hand(self) -> bytes:
        """The body, where all of it has come with the head, as it mostly does; else empty."""
        size = self._declared
        if self._body is None or not 0 < size <= len(self.recv_buffer) or size > self.request_max_size:
            return b""
        self.expecting_continue = False
        return self._take(self._body)

    async def whole_body(self) -> bytes:
        """The body, once all of it is there. Raises as `read`."""
        pieces = []
        while (piece := await self.read()) is not None:
            pieces.append(piece)
        return b"".join(pieces)

    async def read(self) -> bytes | None:
        """Some bytes of the body; None at its end. Raises BadRequest, PayloadTooLarge, RequestTimeout.

        `request_max_size` is how many there may be in all: what is declared to be more is not waited for.
        """
        if self._body is not None and self._declared > self.request_max_size:
            self.abandon()
            raise PayloadTooLarge("The body is too large")
        if self.expecting_continue:
            self.expecting_continue = False
            await self._send(HTTP_CONTINUE)
        while self._body is not None:
            data = self._take(self._body)
            if data:
                return data
            if self._body is not None:
                await self._more()
        return None

    def renew(self) -> None:
        """The rest of the body has its time anew, from now: for bodies that are worked on as they come."""
        self._deadline = monotonic() + self.protocol.body_timeout

    def _take(self, body: Body) -> bytes:
        try:
            data = body.take(self.recv_buffer)
        except BadRequest:
            self.abandon()
            raise
        self._body_size += len(data)
        if self._body_size > self.request_max_size:
            self.abandon()
            raise PayloadTooLarge("The body is too large")
        if body.ended:
            self._body = self.request_body = None
        return data

    async def _more(self) -> None:
        """Wait for bytes. Past the deadline: RequestTimeout, or when the answer is out already, the end."""
        if await self.protocol.receive_by(self._deadline):
            return
        self.abandon()
        if self.stage is not Stage.IDLE:
            raise RequestTimeout("The request did not arrive in time")

    def abandon(self) -> None:
        """Read nothing more of this request nor of this connection."""
        self._body = self.request_body = None
        self.expecting_continue = self.keep_alive = False
        self.protocol.distrust()

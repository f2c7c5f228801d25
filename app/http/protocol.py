"""One connection of a client: its time limits, how many there may be, and how it ends."""

from asyncio import BaseTransport, Future, TimerHandle, Transport
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, cast

from sanic.exceptions import RequestCancelled, ServiceUnavailable
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from app.http.guarded_http import GuardedHttp

if TYPE_CHECKING:
    from sanic import Sanic

HEAD_TIMEOUT: Final = 10.0
BODY_TIMEOUT: Final = 30.0
CONNECTION_LIMIT: Final = 10_000

_LINGER: Final = 1.0
_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class GuardedProtocol(HttpProtocol):
    """Pass it to Sanic as `protocol`. It takes from `app.config`, all times in seconds:

    HEAD_TIMEOUT (10)          from the first byte of a head to its last, however the bytes drip in
    BODY_TIMEOUT (30)          from the end of the head to the last byte of the body, unless it is renewed
    CONNECTION_LIMIT (10,000)  connections of one worker; one more is answered 503 and closed
    KEEP_ALIVE_TIMEOUT         how long a connection may rest between requests, or before the first
    RESPONSE_TIMEOUT           how long a handler may run, or stay silent in the middle of a response

    One timer per connection stands at the earliest limit known when it was set; limits that arise later
    mostly lie later, so requests as such set no timers. WebSockets are not served.
    """

    HTTP_CLASS = GuardedHttp

    __slots__ = (
        "_arrival",
        "_buffer_limit",
        "_connection_limit",
        "_distrusted",
        "_due",
        "_is_paused",
        "_read_deadline",
        "body_timeout",
        "head_timeout",
        "keep_alive",
    )

    def __init__(self, *, app: "Sanic[Any, Any]", **options: Any) -> None:
        super().__init__(app=app, **options)
        config = app.config
        self.head_timeout: float = config.get("HEAD_TIMEOUT", HEAD_TIMEOUT)
        self.body_timeout: float = config.get("BODY_TIMEOUT", BODY_TIMEOUT)
        self.keep_alive: bool = config.KEEP_ALIVE
        self._buffer_limit: int = config.REQUEST_BUFFER_SIZE
        self._connection_limit: int = config.get("CONNECTION_LIMIT", CONNECTION_LIMIT)
        self._arrival: Future[None] | None = None
        self._distrusted = self._is_paused = False
        self._due = float("inf")
        self._read_deadline: float | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Serve the connection, or turn it away when the worker has all it may have."""
        if len(self.connections) < self._connection_limit:
            super().connection_made(transport)  # type: ignore[no-untyped-call]
            return
        cast(Transport, transport).write(_FULL)
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, unless it was turned away and never counted."""
        if self.conn_info is not None:
            super().connection_lost(exc)  # type: ignore[no-untyped-call]

    def data_received(self, data: bytes) -> None:
        """Keep bytes for the reader; those of a connection that only waits to be closed are dropped."""
        if self._task is None:
            return
        self.recv_buffer += data
        if len(self.recv_buffer) >= self._buffer_limit and self.transport is not None:
            self._is_paused = True
            self.transport.pause_reading()
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    async def receive_more(self) -> None:
        """Wait for more bytes."""
        if self._is_paused and self.transport is not None:
            self._is_paused = False
            self.transport.resume_reading()
        self._arrival = self.loop.create_future()
        await self._arrival

    async def receive_by(self, deadline: float) -> bool:
        """Wait for more bytes; false when `deadline` (of the monotonic clock) has passed meanwhile."""
        self._read_deadline = deadline
        if deadline < self._due:
            self._check_at(deadline)
        try:
            await self.receive_more()
        finally:
            self._read_deadline = None
        self._time = monotonic()
        return self._time < deadline

    async def send(self, data: bytes) -> None:
        """Send bytes once the client has taken most of those before. Raises RequestCancelled: it is gone."""
        if not self._can_write.is_set():
            await self._can_write.wait()
        if self.transport is None or self.transport.is_closing():
            raise RequestCancelled
        self.transport.write(data)
        self._time = monotonic()

    def mark(self) -> None:
        """Count idle time and the handler's time from now."""
        self._time = monotonic()

    def check_timeouts(self) -> None:
        """Act on the limit that has passed, if one has, and look again when the next one may."""
        if self._http is None or self._task is None:
            return
        now = monotonic()
        limit = self._limit(self._http.stage)
        if now >= limit:
            self._expire(self._http)
            limit = now + self.response_timeout
        if self.transport is not None and not self.transport.is_closing():
            self._check_at(min(limit, now + self.response_timeout / 2))

    def _limit(self, stage: Stage) -> float:
        if self._read_deadline is not None:
            return self._read_deadline
        patience: float = self.keep_alive_timeout if stage is Stage.IDLE else self.response_timeout
        return self._time + patience

    def _expire(self, http: GuardedHttp) -> None:
        if self._read_deadline is not None:
            self._wake()
        elif http.stage is Stage.IDLE:
            self.close()
        elif self._task is not None:
            self.distrust()
            http.exception = ServiceUnavailable("Response Timeout")
            self._task.cancel()

    def _check_at(self, due: float) -> None:
        timer: TimerHandle | None = self._callback_check_timeouts
        if timer is not None:
            timer.cancel()
        self._due = due
        self._callback_check_timeouts = self.loop.call_later(due - monotonic(), self.check_timeouts)

    def distrust(self) -> None:
        """What the client sends from now on is not to be understood: the connection will close."""
        self._distrusted = True

    def close(self, timeout: float | None = None) -> None:
        """Close the connection; one that was distrusted stays half open for a second.

        Closing with bytes unread resets the connection, and the client may lose the refusal that it was
        just sent. So the sending side is closed first, and what still comes is dropped.
        """
        if not self._distrusted or self.transport is None or self.transport.is_closing():
            super().close(timeout)
            return
        self._distrusted = False
        if self._callback_check_timeouts is not None:
            self._callback_check_timeouts.cancel()
        self.transport.write_eof()
        self.loop.call_later(_LINGER, self.close)

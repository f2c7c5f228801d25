"""Finishing: what settings have added to every answer, of whatever kind, just before its head goes out."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeAlias

from app.http.guarded_http import GuardedHttp
from app.metrics.traffic import CountedHttp, CountedProtocol

Finisher: TypeAlias = Callable[[GuardedHttp], None]
"""Changes the headers of `http.response`, the answer to `http.request`."""


class FinishedHttp(CountedHttp):
    """Shows every answer to the finishers of the application, those to unreadable requests included."""

    __slots__ = ()

    def http1_response_header(self, data: bytes, end_stream: bool) -> Coroutine[Any, Any, None]:
        """Finish the answer whose head goes out now."""
        finishers: Sequence[Finisher] = self.protocol.app.ctx.finishers
        for finish in finishers:
            finish(self)
        return super().http1_response_header(data, end_stream)


class FinishedProtocol(CountedProtocol):
    """The counted protocol of an application that has finishers at `app.ctx.finishers`."""

    HTTP_CLASS = FinishedHttp

    __slots__ = ()


def add_to_vary(http: GuardedHttp, name: str) -> None:
    """Say that the answer depends on the request's header `name`, in small letters."""
    headers = http.response.headers
    given = headers.getone("vary", "")
    if name not in given:
        headers["vary"] = f"{given}, {name}" if given else name

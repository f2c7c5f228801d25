"""What one worker has done, counted as it goes: a few additions, and nothing that could wait or fail."""

from collections.abc import Coroutine
from typing import Any

from app.http.guarded_http import GuardedHttp
from app.http.protocol import GuardedProtocol
from events.position import Position

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")


class Traffic:
    """answers: how many, by the hundreds of their status. groups: of commits, stored by this process."""

    __slots__ = ("answers", "groups")

    def __init__(self) -> None:
        self.answers = [0] * (len(CLASSES) + 1)
        self.groups = 0

    def appended(self, _: Position) -> None:
        """A group of commits was stored."""
        self.groups += 1

    def by_class(self) -> dict[str, int]:
        """Answers by the class of their status."""
        return dict(zip(CLASSES, self.answers[1:], strict=True))


class CountedHttp(GuardedHttp):
    """Counts every answer, also those to what is refused before a route is asked, in `app.ctx.traffic`."""

    __slots__ = ()

    def http1_response_header(self, data: bytes, end_stream: bool) -> Coroutine[Any, Any, None]:
        """Count the answer whose head goes out now."""
        self.protocol.app.ctx.traffic.answers[self.response.status // 100] += 1
        return super().http1_response_header(data, end_stream)


class CountedProtocol(GuardedProtocol):
    """The guarded protocol of an application that has a Traffic at `app.ctx.traffic`."""

    HTTP_CLASS = CountedHttp

    __slots__ = ()

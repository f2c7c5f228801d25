"""Pages that are asked for again and again: where nothing has changed, 304 is answered before a row is read."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import NamedTuple

from sanic.request import Request
from sanic.response import HTTPResponse

from app.routes import preconditions
from app.routes.answering import empty_answer
from app.routes.preferring import Preferences, applied
from catalog.declared import Declared
from queries.freshness import Freshness
from queries.marks import Mark, Marks

MOST_KNOWN = 2000
_TOLD = ("etag", "fold-position", "fold-plan", "fold-stale", "link")


class _Known(NamedTuple):
    """At which mark a page was answered, and with which headers."""

    mark: Mark
    headers: dict[str, str]


class KnownPages:
    """What this process has answered to those who asked for what they have not yet."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._known: dict[bytes, _Known] = {}

    async def answer(
        self,
        request: Request,
        declared: Declared,
        wanted: tuple[Freshness, Preferences],
        read: Callable[[], Awaitable[HTTPResponse]],
    ) -> HTTPResponse:
        """What `read` answers; or that the client has it. Raises HeaderInvalid, and as `read`.

        The mark is taken before the page is read, so at worst a page is newer than what is known of it.
        """
        if "if-none-match" not in request.headers or request.method == "POST":
            return await read()
        fresh, preferred = wanted
        mark, key = await self._marks.of(declared.name), _key(request, declared)
        known = self._known.get(key)
        if known is not None and known.mark == mark and known.mark.standing.reached(fresh.after):
            preconditions.check_page(request)
            if preconditions.known_as(request, known.headers["etag"]) is not None:
                return empty_answer(304, known.headers | applied(preferred))
        answer = await read()
        if mark is not None and answer.headers["fold-position"] == mark.standing.header:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
            self._known[key] = _Known(mark, told)
        return answer


def _key(request: Request, declared: Declared) -> bytes:
    """A query, and the declaration that it was understood by."""
    method = "GET" if request.method == "HEAD" else request.method
    head = f"{method} {declared.revision} {len(request.raw_url)} ".encode()
    return blake2b(head + request.raw_url + request.body, digest_size=16).digest()

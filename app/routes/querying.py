"""Queries over HTTP: read from an address or a body, answered as a page with its headers."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote
from zlib import crc32

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.errors import PageKnown
from app.routes import preconditions, reading
from app.routes.answering import bytes_answer, empty_answer
from app.routes.preferring import NONE, Preferences, applied
from catalog.declared import Declared
from events.position import Position
from queries.columns import Columns
from queries.language import from_body
from queries.lists import Page
from queries.parameters import decoded, from_query_string, name_of
from queries.query import Query
from queries.texts import IsText, texts_of

MOST_LINKED = 10 * 1024
"""An address of more characters is not linked to: with a token beside it, no head may have room for it."""

_MOST_REMEMBERED = 2000
_SAFE_IN_PLAN = "-._~,:@$!*+/"
_UNSAFE_IN_LINK = {ord(sign): f"%{ord(sign):X}" for sign in '<>"'}


class Addresses:
    """Reads queries from addresses. Clients repeat themselves, so what was read is remembered."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, int, str, str], Query] = {}
        self._texts: dict[tuple[str, int], IsText] = {}

    def query(self, request: Request, declared: Declared, columns: Columns | None = None) -> tuple[Query, str]:
        """The query, and its address's parameters without the cursor. Raises ParameterUnknown, QueryInvalid.

        columns: of the view that is asked; without them documents are.
        """
        if not request.query_string:
            return Query(), ""
        base, cursor = _without_cursor(request.query_string)
        key = declared.name, declared.revision, columns.view.name if columns else "", base
        query = self._read.get(key)
        if query is None:
            if len(self._read) >= _MOST_REMEMBERED:
                self._read.clear()
            query = self._read[key] = _read(base, self._texts_of(declared), columns)
        return query.at(cursor), base

    def _texts_of(self, declared: Declared) -> IsText:
        key = declared.name, declared.revision
        if key not in self._texts:
            if len(self._texts) >= _MOST_REMEMBERED:
                self._texts.clear()
            self._texts[key] = texts_of(None if declared.schema is None else declared.schema.source)
        return self._texts[key]


def _read(base: str, is_text: IsText, columns: Columns | None) -> Query:
    if columns is None:
        return from_query_string(base, is_text)
    return columns.query(columns.address(from_query_string(base, columns.is_text(is_text))))


def body_query(request: Request) -> Query:
    """The query that a body states. Raises as `reading.json_body` and `from_body`."""
    return from_body(reading.json_body(request))


def page_answer(
    request: Request,
    page: Page,
    query: Query,
    address: str | None = None,
    *,
    stale: Sequence[Position] = (),
    preferred: Preferences = NONE,
) -> HTTPResponse:
    """A page as it is answered; 304 where the client has it. Raises HeaderInvalid, PageKnown.

    address: of its first page, where there is one to link the next one by.
    stale:   since when items of it are stale.
    """
    headers = {"fold-position": page.standing.header, "fold-plan": _plan(page.plan), **applied(preferred)}
    if stale:
        headers["fold-stale"] = ", ".join(map(str, stale))
    if page.next is not None and address is not None and len(page.next) + len(address) <= MOST_LINKED:
        headers["link"] = f'<{address.translate(_UNSAFE_IN_LINK)}cursor={page.next}>; rel="next"'
    body = _written(page, query)
    headers["etag"] = _tag(request, page, body)
    preconditions.check_page(request)
    if preconditions.known_as(request, headers["etag"]) is not None:
        if request.method == "POST":
            raise PageKnown
        return empty_answer(304, headers)
    return bytes_answer(body, 200, headers)


def _written(page: Page, query: Query) -> bytes:
    following = b"null" if page.next is None else b'"%b"' % page.next.encode()
    body = b'{"items":[%b],"next":%b' % (b",".join(page.items), following)
    if page.count is not None:
        body += b',"count":%d' % page.count
    if query.explain:
        body += b',"explain":' + orjson.dumps(_explained(page))
    return body + b"}"


def _tag(request: Request, page: Page, body: bytes) -> str:
    """A weak entity tag: other than every other page's, of every other query, at every other checkpoint.

    At one checkpoint a page can change still, when an index or a generation becomes live, or a parked document
    goes on. That is why what is answered counts, too.
    """
    asked = crc32(request.body, crc32(request.raw_url))
    return f'W/"{page.standing.header.replace(", ", ".")}-{crc32(body, asked):08x}"'


def address_of(path: str, base: str) -> str:
    """An address to which a cursor can be added."""
    return f"{path}?{base}&" if base else f"{path}?"


@lru_cache(maxsize=1024)
def _plan(index: str | None) -> str:
    return "scan" if index is None else f"index={quote(index, _SAFE_IN_PLAN)}"


def _explained(page: Page) -> dict[str, str | int | None]:
    return {"plan": "scan" if page.plan is None else "index", "index": page.plan, "entries": page.entries}


def _without_cursor(query_string: str) -> tuple[str, str | None]:
    """The parameters of an address, and the cursor among them, which may stand there once."""
    if "cursor" not in query_string and "%" not in query_string:
        return query_string, None
    parts = query_string.split("&")
    cursors = [part for part in parts if name_of(part.partition("=")[0]) == "cursor"]
    if len(cursors) != 1:
        return query_string, None
    parts.remove(cursors[0])
    return "&".join(parts), decoded(cursors[0].partition("=")[2], "cursor")

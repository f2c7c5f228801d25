"""Pages: the interface for programs and for people, and every kind of problem explained. Public."""

from contextlib import suppress
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from sanic.exceptions import InvalidHeader, NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from app.openapi.description import JSON, TEXT_HTML
from app.openapi.interface import interface
from app.openapi.page.frame import Page
from app.openapi.page.problem import problem_page
from app.openapi.page.reference import reference
from app.openapi.problems import by_name, told
from app.routes import reading
from app.routes.app import App

_ALWAYS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Kept(NamedTuple):
    """A body that never changes while the process lives, and the headers it goes out with."""

    body: bytes
    media: str
    headers: dict[str, str]


class PageRoutes:
    """/openapi.json, /docs and /problems/{name}. Each is built once, when it is first asked for."""

    def __init__(self, address: str) -> None:
        """address: the URL that the examples on the page begin with."""
        self._address = address

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        methods = ["GET", "HEAD"]
        app.add_route(self.openapi, "/openapi.json", methods=methods, name="page_openapi")
        app.add_route(self.docs, "/docs", methods=methods, name="page_docs")
        app.add_route(self.problem, "/problems/<name>", methods=methods, name="page_problem")

    async def openapi(self, request: Request) -> HTTPResponse:
        """GET the interface as OpenAPI 3.1."""
        return _sent(request, self._openapi)

    async def docs(self, request: Request) -> HTTPResponse:
        """GET the interface as a page to read."""
        return _sent(request, self._docs)

    async def problem(self, request: Request, name: str) -> HTTPResponse:
        """GET a kind of problem explained: a page for browsers, JSON for everybody else."""
        if name not in by_name():
            raise NotFound("there is no problem of this name")
        as_json, as_page = _explained(name)
        return _sent(request, as_page if _prefers_html(request) else as_json)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return interface()

    @cached_property
    def _openapi(self) -> Kept:
        return _kept(orjson.dumps(self._document), JSON)

    @cached_property
    def _docs(self) -> Kept:
        return _kept_page(reference(self._document, self._address))


@cache
def _explained(name: str) -> tuple[Kept, Kept]:
    explained = told(name)
    as_json, as_page = _kept(orjson.dumps(explained), JSON), _kept_page(problem_page(explained))
    for each in (as_json, as_page):
        each.headers["vary"] = "accept"
    return as_json, as_page


def _kept(body: bytes, media: str) -> Kept:
    return Kept(body, media, {**_ALWAYS, "etag": f'"{sha256(body).hexdigest()[:16]}"'})


def _kept_page(page: Page) -> Kept:
    kept = _kept(page.body, TEXT_HTML)
    kept.headers["content-security-policy"] = page.policy
    return kept


def _sent(request: Request, kept: Kept) -> HTTPResponse:
    reading.parameters(request, ())
    if reading.seen_before(request, kept.headers["etag"]):
        return HTTPResponse(None, 304, kept.headers)
    return HTTPResponse(kept.body, 200, kept.headers, kept.media)


def _prefers_html(request: Request) -> bool:
    with suppress(InvalidHeader):
        return str(request.accept.match(JSON, "text/html")) == "text/html"
    return False

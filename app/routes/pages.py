"""Pages: the interface to read, and every kind of problem explained. Public."""

from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING

import orjson
from sanic.exceptions import InvalidHeader, NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from app.routes import reading
from app.routes.app import App
from app.routes.kept import Kept, kept, sent

if TYPE_CHECKING:
    from app.openapi.page.frame import Page

_VARY = {"vary": "accept"}


class PageRoutes:
    """/docs and /problems/{name}. Each is built, and what builds it imported, when it is first asked for."""

    def __init__(self, address: str) -> None:
        """address: the URL that the examples on the page begin with."""
        self._address = address

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        methods = ["GET", "HEAD"]
        app.add_route(self.docs, "/docs", methods=methods, name="page_docs")
        app.add_route(self.problem, "/problems/<name>", methods=methods, name="page_problem")

    async def docs(self, request: Request) -> HTTPResponse:
        """GET the interface as a page to read."""
        reading.parameters(request, ())
        return await sent(request, self._docs)

    async def problem(self, request: Request, name: str) -> HTTPResponse:
        """GET a kind of problem explained: a page for browsers, JSON for everybody else."""
        from app.openapi.problems import by_name

        if name not in by_name():
            raise NotFound("there is no problem of this name")
        reading.parameters(request, ())
        as_json, as_page = _explained(name)
        return await sent(request, as_page if _prefers_html(request) else as_json)

    @cached_property
    def _docs(self) -> Kept:
        from app.openapi.interface import interface
        from app.openapi.page.reference import reference

        return _kept_page(reference(interface(), self._address))


@cache
def _explained(name: str) -> tuple[Kept, Kept]:
    from app.openapi.page.problem import problem_page
    from app.openapi.problems import told

    explained = told(name)
    as_json = kept(orjson.dumps(explained), reading.JSON, _VARY)
    return as_json, _kept_page(problem_page(explained), _VARY)


def _kept_page(page: "Page", headers: dict[str, str] | None = None) -> Kept:
    from app.openapi.description import TEXT_HTML

    return kept(page.body, TEXT_HTML, {"content-security-policy": page.policy, **(headers or {})})


def _prefers_html(request: Request) -> bool:
    with suppress(InvalidHeader):
        return str(request.accept.match(reading.JSON, "text/html")) == "text/html"
    return False

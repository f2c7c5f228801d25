"""The interface described as OpenAPI: all of it, and each collection."""

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App
from app.routes.kept import Kept, kept, sent
from catalog.declared import Declared

_VARY = {"vary": "authorization"}
_PRIVATE = {"cache-control": "private, no-cache", **_VARY}
_MOST_KEPT = 64

Revisions = tuple[tuple[str, int], ...]
"""Collections as they are declared now: a name has every revision once."""


class DescriptionRoutes:
    """/openapi.json and /v1/collections/{name}/openapi.json. Each is made once for what is declared.

    What is declared is told to those alone who have a token. What makes them is imported when one is first
    asked for: most workers never make any.
    """

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._catalog = deployment.catalog
        self._kept: dict[str, tuple[Revisions, Kept]] = {}
        self._making = asyncio.Lock()

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one, methods = "/v1/collections/<name>/openapi.json", ["GET", "HEAD"]
        app.add_route(self.everything, "/openapi.json", methods=methods, name="page_openapi")
        app.add_route(self.collection, one, methods=methods, name="collection_openapi")

    async def everything(self, request: Request) -> HTTPResponse:
        """GET the interface; with a token, all collections with it."""
        if not request.headers.getone("authorization", None):
            reading.parameters(request, ())
            return await sent(request, self._public)
        self._access.user(request)
        reading.parameters(request, ())
        declared = await self._catalog.all()
        return await sent(request, await self._made("", declared, lambda: _of_everything(declared)))

    async def collection(self, request: Request, name: str) -> HTTPResponse:
        """GET the interface to one collection."""
        self._access.user(request)
        reading.parameters(request, ())
        declared = await self._catalog.find(reading.collection_name(name))
        made = await self._made(declared.name, [declared], lambda: _of_collection(declared))
        return await sent(request, made)

    @cached_property
    def _public(self) -> Kept:
        from app.openapi.interface import interface

        return _written(interface(), _VARY)

    async def _made(self, name: str, declared: Sequence[Declared], make: Callable[[], dict[str, Any]]) -> Kept:
        """What is kept under `name` of collections as they are `declared`; made in a thread where it is new."""
        revisions = tuple((each.name, each.revision) for each in declared)
        async with self._making:
            known = self._kept.get(name)
            if known is None or known[0] != revisions:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                made = await asyncio.to_thread(lambda: _written(make(), _PRIVATE))
                known = self._kept[name] = revisions, made
        return known[1]


def _of_everything(collections: Sequence[Declared]) -> dict[str, Any]:
    from app.openapi.declared.documents import of_everything

    return of_everything(collections)


def _of_collection(declared: Declared) -> dict[str, Any]:
    from app.openapi.declared.documents import of_collection

    return of_collection(declared)


def _written(document: dict[str, Any], headers: dict[str, str]) -> Kept:
    return kept(orjson.dumps(document), reading.JSON, headers)

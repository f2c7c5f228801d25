"""Descriptions of the interface as OpenAPI: of all of it, and of each collection."""

import asyncio
from collections.abc import Callable

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.openapi.declared.documents import of_collection, of_everything
from app.openapi.interface import interface
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App
from app.routes.kept import Kept, kept, sent
from catalog.declared import Declared

_MOST_KEPT = 64
_VARY = {"vary": "authorization"}
_PRIVATE = {"cache-control": "private, no-cache", **_VARY}

Revisions = tuple[tuple[str, int], ...]
"""Collections as they are declared: a name and a revision are never used for two declarations."""


class DescriptionRoutes:
    """/openapi.json and /v1/collections/{name}/openapi.json. Each is made once for what is declared."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._catalog = deployment.catalog
        self._kept: dict[Revisions, Kept] = {}
        self._making = asyncio.Lock()

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one, methods = "/v1/collections/<name>/openapi.json", ["GET", "HEAD"]
        app.add_route(self.everything, "/openapi.json", methods=methods, name="page_openapi")
        app.add_route(self.collection, one, methods=methods, name="collection_openapi")

    async def everything(self, request: Request) -> HTTPResponse:
        """GET the interface; with a token, with all that is declared."""
        if "authorization" not in request.headers:
            reading.parameters(request, ())
            return sent(request, await self._made((), lambda: kept(_written(interface()), headers=_VARY)))
        self._access.user(request)
        reading.parameters(request, ())
        declared = await self._catalog.all()
        return sent(request, await self._made(("", 0), declared, of_everything))

    async def collection(self, request: Request, name: str) -> HTTPResponse:
        """GET the interface to one collection."""
        self._access.user(request)
        reading.parameters(request, ())
        declared = await self._catalog.find(reading.collection_name(name))
        return sent(request, await self._made(declared))

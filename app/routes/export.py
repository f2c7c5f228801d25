"""Exports: a collection or a view as it was at one position, as a file for analysts' tools."""

import asyncio
from contextlib import aclosing

from sanic.exceptions import ServiceUnavailable
from sanic.request import Request

from app.composition import Deployment
from app.exporting.export import parts
from app.exporting.order import Order, format_named, order
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App
from app.routes.streaming import alive, head, stream
from queries.errors import QueryInvalid

MOST_AT_ONCE = 4
PARAMETERS = ("format", "at", "defused")


class ExportRoutes:
    """The routes under /v1/export."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._log = deployment.log
        self._catalog = deployment.catalog
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one = "/v1/export/<collection>"
        app.add_route(self.documents, one, methods=["GET", "HEAD"], name="export_collection")
        app.add_route(self.view, f"{one}/<view>", methods=["GET", "HEAD"], name="export_view")

    async def documents(self, request: Request, collection: str) -> None:
        """GET all documents of a collection."""
        await self._answer(request, collection, None)

    async def view(self, request: Request, collection: str, view: str) -> None:
        """GET all rows of a view."""
        await self._answer(request, collection, reading.collection_name(view))

    async def _answer(self, request: Request, collection: str, view: str | None) -> None:
        self._access.admin(request)
        given = reading.parameters(request, PARAMETERS)
        wanted = await order(
            self._log,
            self._catalog,
            reading.collection_name(collection),
            view,
            format_named(given.get("format")),
            at=given.get("at"),
            defused=_flag("defused", given.get("defused")),
        )
        if request.method == "HEAD":
            await head(request, _headers(wanted), wanted.format.media)
            return
        if self._places.locked():
            raise ServiceUnavailable(f"{MOST_AT_ONCE} exports are being made here already")
        async with (
            self._places,
            aclosing(parts(self._log, wanted, lambda doing, done: alive(request))) as made,
        ):
            await stream(request, made, _headers(wanted), wanted.format.media)


def _headers(wanted: Order) -> dict[str, str]:
    return {
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
        "fold-position": wanted.position,
        "content-disposition": f'attachment; filename="{wanted.file_name}"',
    }


def _flag(name: str, given: str | None) -> bool:
    if given not in (None, "true", "false"):
        raise QueryInvalid(name, "is true or false")
    return given == "true"

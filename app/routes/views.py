"""Views: list and query the rows of declared group-bys."""

from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App
from app.routes.freshness import freshness
from app.routes.known_pages import KnownPages
from app.routes.querying import Addresses, address_of, body_query, page_answer
from catalog.declared import Declared
from queries.query import Query
from queries.views import Named


class ViewRoutes:
    """The routes under /v1/views."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._addresses = Addresses()
        self._catalog = deployment.catalog
        self._known = KnownPages(deployment.marks)
        self._views = deployment.views
        self._partitions = deployment.log.partitions

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one = "/v1/views/<collection>/<view>"
        app.add_route(self.page, one, methods=["GET", "HEAD"], name="view_page")
        app.add_route(self.query, one, methods=["QUERY"], name="view_query")
        app.add_route(self.query, f"{one}/query", methods=["POST"], name="view_query_post")

    async def page(self, request: Request, collection: str, view: str) -> HTTPResponse:
        """GET a page of rows: those asked for, or all of them, in the order of their groups."""
        self._access.user(request)
        declared = await self._declared(collection)
        named = self._views.named(declared, reading.collection_name(view))
        query, base = self._addresses.query(request, declared, named.columns)
        address = address_of(f"/v1/views/{declared.name}/{named.view.name}", base)
        return await self._page(request, declared, named, query, address)

    async def query(self, request: Request, collection: str, view: str) -> HTTPResponse:
        """QUERY a view, or POST …/query: the same as GET, asked for in a body."""
        self._access.user(request)
        reading.parameters(request, ())
        asked = body_query(request)
        declared = await self._declared(collection)
        named = self._views.named(declared, reading.collection_name(view))
        return await self._page(request, declared, named, named.columns.query(asked))

    async def _page(
        self, request: Request, declared: Declared, named: Named, query: Query, address: str | None = None
    ) -> HTTPResponse:
        fresh, preferred = wanted = freshness(request, self._partitions)

        async def read() -> HTTPResponse:
            page = await self._views.page(named, query, fresh)
            return page_answer(request, page, query, address, preferred=preferred)

        return await self._known.answer(request, declared, wanted, read)

    async def _declared(self, collection: str) -> Declared:
        found = self._catalog.get(collection)
        return found or await self._catalog.find(reading.collection_name(collection))

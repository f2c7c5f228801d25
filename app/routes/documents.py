"""Documents: create, read, list and query, replace, patch, delete, restore."""

from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.errors import ConditionRequired
from app.routes import preconditions, reading
from app.routes.access import Access
from app.routes.answering import bytes_answer, document_headers, empty_answer
from app.routes.app import App
from app.routes.asking import Asked, asked
from app.routes.freshness import freshness
from app.routes.known_pages import KnownPages
from app.routes.preferring import UNTOLD, applied
from app.routes.querying import Addresses, address_of, body_query, page_answer
from catalog.declared import Declared
from commands.condition import ANY, Condition
from commands.documents import Command, Delete, JsonPatch, MergePatch, Put, Restore
from commands.errors import BodyInvalid
from commands.json_patch import read_operations
from commands.writing import Written
from events.document import Present
from queries.query import Query
from queries.stale import stale_since


class DocumentRoutes:
    """The routes under /v1/documents."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._addresses = Addresses()
        self._catalog = deployment.catalog
        self._commands = deployment.commands
        self._known = KnownPages(deployment.marks)
        self._queries = deployment.queries
        self._partitions = deployment.log.partitions
        self._auto_declare = deployment.settings.auto_declare

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one, many = "/v1/documents/<collection>/<id>", "/v1/documents/<collection>"
        app.add_route(self.create, many, methods=["POST"], name="document_create")
        app.add_route(self.page, many, methods=["GET", "HEAD"], name="document_page")
        app.add_route(self.query, many, methods=["QUERY"], name="document_query")
        app.add_route(self.query, f"{many}/query", methods=["POST"], name="document_query_post")
        app.add_route(self.read, one, methods=["GET", "HEAD"], name="document_read")
        app.add_route(self.put, one, methods=["PUT"], name="document_put")
        app.add_route(self.patch, one, methods=["PATCH"], name="document_patch")
        app.add_route(self.delete, one, methods=["DELETE"], name="document_delete")
        app.add_route(self.restore, f"{one}/restore", methods=["POST"], name="document_restore")

    async def read(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """GET one document."""
        self._access.user(request)
        if request.query_string:
            reading.parameters(request, ())
        declared = self._catalog.get(collection) or await self._declared(collection, make=False)
        fresh, preferred = freshness(request, self._partitions)
        row, standing = await self._queries.get(declared.name, reading.document_id(id), fresh)
        headers = document_headers(row.version, standing.header) | applied(preferred)
        if row.stale_since is not None:
            headers["fold-stale"] = str(row.stale_since)
        preconditions.check_version(request, row.version)
        if (known := preconditions.known_as(request, headers["etag"])) is not None:
            return empty_answer(304, {**headers, "etag": known})
        return bytes_answer(row.body, 200, headers)

    async def page(self, request: Request, collection: str) -> HTTPResponse:
        """GET a page of documents: those asked for, or all of them, newest first."""
        self._access.user(request)
        declared = self._catalog.get(collection) or await self._declared(collection, make=False)
        query, base = self._addresses.query(request, declared)
        address = address_of(f"/v1/documents/{declared.name}", base)
        return await self._page(request, declared, query, address)

    async def query(self, request: Request, collection: str) -> HTTPResponse:
        """QUERY a collection, or POST …/query: the same as GET, asked for in a body."""
        self._access.user(request)
        reading.parameters(request, ())
        query = body_query(request)
        declared = await self._declared(collection, make=False)
        return await self._page(request, declared, query)

    async def _page(
        self, request: Request, declared: Declared, query: Query, address: str | None = None
    ) -> HTTPResponse:
        fresh, preferred = wanted = freshness(request, self._partitions)

        async def read() -> HTTPResponse:
            page = await self._queries.page(declared, query, fresh)
            return page_answer(
                request, page, query, address, stale=stale_since(page.items), preferred=preferred
            )

        return await self._known.answer(request, declared, wanted, read)

    async def create(self, request: Request, collection: str) -> HTTPResponse:
        """POST a new document."""
        asks = asked(request, self._access)
        preconditions.check_creation(request)
        body, id, meta = reading.document_body(reading.json_body(request), None)
        if meta is not None:
            raise BodyInvalid("/_meta", "is kept by the server; leave it out")
        declared = await self._declared(collection)
        written = await self._commands.create(
            declared, body, id=id, actor=asks.actor, key=asks.key, trace=asks.trace
        )
        return self._written(asks, declared, written)

    async def put(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """PUT a document: replace it, or create it."""
        asks, id = asked(request, self._access), reading.document_id(id)
        body, _, meta = reading.document_body(reading.json_body(request), id)
        return await self._write(request, asks, collection, id, Put(body, meta))

    async def patch(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """PATCH a document: merge patch or JSON Patch, by content type."""
        asks, id = asked(request, self._access), reading.document_id(id)
        media = reading.media_type(request, reading.PATCH_TYPES, patch=True)
        value = reading.json_body(request, reading.PATCH_TYPES)
        if media == reading.JSON_PATCH:
            return await self._write(request, asks, collection, id, JsonPatch(read_operations(value)))
        patch, _, meta = reading.document_body(value, id)
        return await self._write(request, asks, collection, id, MergePatch(patch, meta))

    async def delete(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """DELETE a document; its history stays."""
        asks, id = asked(request, self._access, UNTOLD), reading.document_id(id)
        return await self._write(request, asks, collection, id, Delete())

    async def restore(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """POST …/restore: bring a deleted document back."""
        asks, id = asked(request, self._access), reading.document_id(id)
        return await self._write(request, asks, collection, id, Restore())

    async def _write(
        self, request: Request, asks: Asked, collection: str, id: str, command: Command
    ) -> HTTPResponse:
        declared = await self._declared(collection, make=isinstance(command, Put))
        condition = _condition(request, declared)
        written = await self._commands.write(
            declared, id, command, actor=asks.actor, condition=condition, key=asks.key, trace=asks.trace
        )
        return self._written(asks, declared, written)

    async def _declared(self, collection: str, *, make: bool = True) -> Declared:
        declared = self._catalog.get(collection)
        if declared is not None:
            return declared
        if self._auto_declare and make:
            return await self._catalog.auto_declare(reading.collection_name(collection))
        return await self._catalog.find(reading.collection_name(collection))

    def _written(self, asks: Asked, declared: Declared, written: Written) -> HTTPResponse:
        document = written.document
        self._queries.wrote(document.position)
        headers = document_headers(document.version, document.position) | applied(asks.preferred)
        if not isinstance(document, Present):
            return empty_answer(204, headers)
        if written.created:
            headers["location"] = f"/v1/documents/{declared.name}/{written.id}"
            return bytes_answer(written.head if asks.prefers_little else written.body, 201, headers)
        if asks.prefers_little:
            return empty_answer(204, headers)
        return bytes_answer(written.body, 200, headers)


def _condition(request: Request, declared: Declared) -> Condition:
    condition = preconditions.condition(request)
    if condition is ANY and declared.require_if_match:
        raise ConditionRequired
    return condition

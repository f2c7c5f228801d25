"""Collections: declare, read, list, drop."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.errors import DeclarationChanged
from app.http.json import JsonValue
from app.once.once import Order, Reserving
from app.once.receipts import Answer, receipt
from app.routes import preconditions, reading
from app.routes.access import Access
from app.routes.answering import bytes_answer, empty_answer, json_answer
from app.routes.app import App
from app.routes.idempotency import key_of
from catalog.catalog import Check, Noting
from catalog.collection import Note
from catalog.declared import Declared
from catalog.errors import DeclarationInvalid, Problem
from commands.condition import ANY
from commands.equality import equal
from commands.errors import ConditionFailed
from commands.requests import Key
from events.commit import JsonObject
from events.position import Version, beginning


class CollectionRoutes:
    """The routes under /v1/collections."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._catalog = deployment.catalog
        self._once = deployment.once
        self._log = deployment.log
        self._generations = deployment.generations

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one = "/v1/collections/<name>"
        app.add_route(self.list, "/v1/collections", methods=["GET", "HEAD"], name="collection_list")
        app.add_route(self.read, one, methods=["GET", "HEAD"], name="collection_read")
        app.add_route(self.declare, one, methods=["PUT"], name="collection_declare")
        app.add_route(self.drop, one, methods=["DELETE"], name="collection_drop")

    async def list(self, request: Request) -> HTTPResponse:
        """GET every declared collection, by name."""
        self._access.admin(request)
        reading.parameters(request, ())
        return json_answer({"items": [_shown(declared) for declared in await self._catalog.all()]})

    async def read(self, request: Request, name: str) -> HTTPResponse:
        """GET one declaration."""
        self._access.admin(request)
        reading.parameters(request, ())
        declared = await self._catalog.find(reading.collection_name(name))
        _check_read(request, declared)
        headers = _headers(declared)
        if (known := preconditions.known_as(request, headers["etag"])) is not None:
            return empty_answer(304, {"etag": known})
        return bytes_answer(orjson.dumps(_shown(declared)), 200, headers)

    async def declare(self, request: Request, name: str) -> HTTPResponse:
        """PUT a declaration: make the collection, or change what it demands."""
        actor = self._access.admin(request).actor
        reading.parameters(request, ())
        name = reading.collection_name(name)
        body, check = _declaration_of(reading.json_body(request)), _check_change(request, name)

        async def execute(reserving: Reserving | None) -> Answer:
            return await self._declare(name, body, check, _noting(reserving))

        return await self._once.beside(Order(key_of(request, actor), name, actor), execute)

    async def _declare(self, name: str, body: JsonObject, check: Check | None, noting: Noting | None) -> Answer:
        declaration = self._declaration(name, body)
        await self._clear_dropped(name)
        declared, created = await self._catalog.declare(
            name,
            declaration,
            has_documents=self._has_documents,
            check=check,
            noting=noting,
        )
        return _answer(declared, created)

    async def drop(self, request: Request, name: str) -> HTTPResponse:
        """DELETE a collection: its documents are gone for every reader; the log keeps their history."""
        actor = self._access.admin(request).actor
        reading.parameters(request, ())
        name = reading.collection_name(name)
        check = _check_change(request, name)

        async def execute(reserving: Reserving | None) -> Answer:
            return await self._drop(name, check, _noting(reserving))

        return await self._once.beside(Order(key_of(request, actor), name, actor), execute)

    async def _drop(self, name: str, check: Check | None, noting: Noting | None) -> Answer:
        name = (await self._catalog.find(name)).name
        floors = await self._log.heads()
        await self._catalog.drop(name, floors, check=check, noting=noting)
        await self._log.release_claims(name, upto=floors)
        await self._generations.discard(name)
        return _GONE

    async def _has_documents(self, name: str) -> bool:
        """Whether there are documents that a new unique set would have to look at."""
        floors = {part: self._catalog.floor(name, part) for part in range(self._log.partitions)}
        return await self._log.holds(name, floors)

    async def _clear_dropped(self, name: str) -> None:
        """Rows and claims of an earlier collection of this name go before the new one can have any."""
        floors = {part: self._catalog.floor(name, part) for part in range(self._log.partitions)}
        dropped = any(floor > beginning(part) for part, floor in floors.items())
        if dropped and not await self._catalog.exists_now(name):
            await self._log.release_claims(name, upto=floors)
            await self._generations.discard(name)

    def _declaration(self, name: str, body: JsonObject) -> JsonObject:
        """What is declared: the body, without what the server adds to a collection that is read."""
        declaration = dict(body)
        if declaration.get("name") == name:
            del declaration["name"]
        if "_meta" in declaration:
            known = self._catalog.get(name)
            if known is None or not equal(declaration.pop("_meta"), _shown(known)["_meta"]):
                raise DeclarationInvalid([_META])
        return declaration


_META = Problem("/_meta", "is kept by the server; leave it out, or send it as it was read")
_GONE = Answer(204, {}, b"")


def _answer(declared: Declared, created: bool) -> Answer:
    location = {"location": f"/v1/collections/{declared.name}"} if created else {}
    return Answer(201 if created else 200, _headers(declared) | location, orjson.dumps(_shown(declared)))


def _noting(reserving: Reserving | None) -> Noting | None:
    if reserving is None:
        return None
    key, take = reserving
    return Noting(key.request, partial(_receipt, key), take)


def _receipt(key: Key, declared: Declared | None, created: bool) -> Note:
    """What is kept of a change: without a declaration it was a drop."""
    return receipt(key, _GONE if declared is None else _answer(declared, created))


def _declaration_of(value: JsonValue) -> JsonObject:
    """Raises DeclarationInvalid."""
    if not isinstance(value, dict):
        raise DeclarationInvalid([Problem("", "must be a JSON object")])
    return value


def _headers(declared: Declared) -> dict[str, str]:
    return {"etag": f'"{declared.revision}"'}


def _check_read(request: Request, declared: Declared) -> None:
    """Hold a read to its If-Match. Raises DeclarationChanged, HeaderInvalid."""
    try:
        preconditions.check_version(request, declared.revision)
    except ConditionFailed as failed:
        raise DeclarationChanged(declared.name, declared.revision) from failed


def _check_change(request: Request, name: str) -> Check | None:
    """What holds a change to its If-Match, or its If-None-Match: *. Raises HeaderInvalid."""
    condition = preconditions.condition(request)
    if condition is ANY:
        return None

    def check(revision: int) -> None:
        try:
            condition.check(Version(revision), revision > 0)
        except ConditionFailed as failed:
            raise DeclarationChanged(name, revision) from failed

    return check


def _shown(declared: Declared) -> dict[str, Any]:
    return {
        "name": declared.name,
        **declared.body,
        "_meta": {
            "revision": declared.revision,
            "created_at": _iso(declared.created_at),
            "updated_at": _iso(declared.updated_at),
        },
    }


def _iso(at: datetime) -> str:
    """As in the `_meta` of documents."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"

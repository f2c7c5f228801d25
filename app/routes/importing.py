"""Imports: a body of lines, each a document, stored while they come and answered one by one."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Any, cast

from sanic.exceptions import ServiceUnavailable
from sanic.request import Request

from app.composition import Deployment
from app.errors import CodingUnsupported, ConditionRequired
from app.http.guarded_http import GuardedHttp
from app.importing.answers import Answers
from app.importing.deciding import Deciding
from app.importing.flow import Flow
from app.importing.job import OnConflict
from app.importing.keys import LineKeys
from app.importing.lines import Line, Lines
from app.importing.storing import Storing
from app.problems import told
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App
from app.routes.asking import trace_of
from app.routes.idempotency import given_key
from app.routes.preferring import UNTOLD, Preferences, applied, preferences
from app.routes.streaming import stream
from catalog.declared import Declared
from queries.errors import QueryInvalid

MOST_AT_ONCE = 8
NDJSON = "application/x-ndjson"
MEDIA_TYPES = (NDJSON, "application/jsonl")
PARAMETERS = ("on_conflict", "id", "first_line")
CHOICES = ("fail", "skip", "replace")

_LINE = re.compile("[1-9][0-9]{0,10}")  # below MOST_LINE


class ImportRoutes:
    """POST /v1/documents/{collection}/import."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._catalog = deployment.catalog
        self._deployment = deployment
        self._queries = deployment.queries
        self._effects = deployment.log.effects
        self._auto_declare = deployment.settings.auto_declare
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    def register(self, app: App) -> None:
        """Add the route to `app`."""

        async def take(request: Request, collection: str) -> None:  # Sanic puts a mark on it: no bound method
            await self.take(request, collection)

        path = "/v1/documents/<collection>/import"
        app.add_route(take, path, methods=["POST"], name="document_import", stream=True)

    async def take(self, request: Request, collection: str) -> None:
        """POST lines."""
        actor = self._access.user(request).actor
        given = reading.parameters(request, PARAMETERS)
        on_conflict, id_field, first_line = _on_conflict(given), given.get("id"), _first_line(given)
        preferred = preferences(request, UNTOLD)
        keys = _keys(request, actor, f"{on_conflict}\0{id_field or ''}")
        _check_body(request)
        declared = await self._declared(reading.collection_name(collection))
        if on_conflict == "replace" and declared.require_if_match:
            raise ConditionRequired
        if self._places.locked():
            raise ServiceUnavailable(f"{MOST_AT_ONCE} imports are under way here already")
        built = self._deployment
        storing = Storing(
            built.commands if on_conflict == "replace" else built.imports,
            declared,
            id_field=id_field,
            on_conflict=on_conflict,
            actor=actor,
            trace=trace_of(request),
        )
        async with self._places:
            answers = Answers(minimal="return" in preferred)
            deciding = Deciding(storing, answers, self._queries.wrote, keys, self._effects)
            await _answer(request, Lines(first_line), deciding, answers, preferred)

    async def _declared(self, name: str) -> Declared:
        declared = self._catalog.get(name)
        if declared is not None:
            return declared
        return await (self._catalog.auto_declare(name) if self._auto_declare else self._catalog.find(name))


async def _answer(
    request: Request, cutter: Lines, deciding: Deciding, answers: Answers, preferred: Preferences
) -> None:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"} | applied(preferred)
    http = cast(GuardedHttp, request.stream)

    def last(fault: Exception | None) -> bytes:
        if fault is not None:
            http.abandon()
        return answers.summary(None if fault is None else told(fault))

    async with Flow(_lines(http, cutter), deciding.decide, last) as flow:
        await stream(request, flow, headers, NDJSON, is_awaited=True)


async def _lines(http: GuardedHttp, cutter: Lines) -> AsyncGenerator[list[Line], None]:
    """The lines of a body, as they come. Each must come within the time that another request's body has."""
    http.renew()
    while (piece := await http.read()) is not None:
        if lines := cutter.cut(piece):
            yield lines
            http.renew()
    yield cutter.rest()


def _on_conflict(given: dict[str, str]) -> OnConflict:
    chosen: Any = given.get("on_conflict", "fail")
    if chosen not in CHOICES:
        raise QueryInvalid("on_conflict", f"is {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    return cast(OnConflict, chosen)


def _first_line(given: dict[str, str]) -> int:
    text = given.get("first_line", "1")
    if not _LINE.fullmatch(text):
        raise QueryInvalid("first_line", "is a whole number from 1 on")
    return int(text)


def _keys(request: Request, actor: str, asked: str) -> LineKeys | None:
    chosen = given_key(request)
    return None if chosen is None else LineKeys(actor, chosen, f"{request.path}\0{asked}\0")


def _check_body(request: Request) -> None:
    reading.media_type(request, MEDIA_TYPES)
    if request.headers.getone("content-encoding", "identity") != "identity":
        raise CodingUnsupported(MEDIA_TYPES)

"""Projections: their state and lag; rebuilding one, and steering that."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import orjson
from pydantic import ValidationError
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.once.once import Order
from app.once.receipts import About, Answer
from app.projections_report import report, told
from app.routes import reading
from app.routes.access import Access
from app.routes.answering import json_answer
from app.routes.app import App
from app.routes.idempotency import key_of
from commands.errors import BodyInvalid
from events.commit import JsonObject
from projections.generation import VACANT
from projections.jobs import Job, Options

_REPORT = "/v1/projections"

Steer = Callable[[str, float | None], Awaitable[Job]]


class ProjectionRoutes:
    """The routes under /v1/projections."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._deployment = deployment
        self._access = access
        self._once = deployment.once

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        app.add_route(self.state, _REPORT, methods=["GET", "HEAD"], name="projection_state")
        for verb in ("rebuild", "pause", "resume", "cancel", "rollback", "forget"):
            path = f"{_REPORT}/<collection>/{verb}"
            app.add_route(getattr(self, verb), path, methods=["POST"], name=f"projection_{verb}")

    async def state(self, request: Request) -> HTTPResponse:
        """GET how far every projection is, who keeps them, and what is being rebuilt."""
        self._access.admin(request)
        reading.parameters(request, ())
        return json_answer(await report(self._deployment))

    async def rebuild(self, request: Request, collection: str) -> HTTPResponse:
        """POST the order to rebuild a projection; a projector does it."""
        order = await self._admitted(request, collection)
        name = order.collection
        options = _options(request)

        async def execute(at: About | None) -> Answer:
            job = await self._deployment.jobs.ask(name, options, at=at)
            return _answer({"collection": name, **told(job)}, 202, {"location": _REPORT})

        return await self._once.between(order, _this_moment, execute)

    async def pause(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that a rebuild rests where it is."""
        return await self._steered(request, collection, self._deployment.steering.pause)

    async def resume(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that a rebuild which was paused goes on."""
        return await self._steered(request, collection, self._deployment.steering.resume)

    async def cancel(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that a rebuild ends, and what it made is freed."""
        return await self._steered(request, collection, self._deployment.steering.cancel)

    async def rollback(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that readers see the generation that is kept again."""
        order = await self._admitted(request, collection)
        name = order.collection

        async def look() -> list[int]:
            count = await self._deployment.steering.rollbacks(name)
            return [await self._kept(name), count]

        async def execute(about: list[int] | None) -> Answer:
            live = await self._deployment.steering.rollback(name, *about or ())
            return _answer({"collection": name, "generation": live.number})

        return await self._once.between(order, look, execute)

    async def forget(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that the generation that is kept is freed."""
        order = await self._admitted(request, collection)
        name = order.collection

        async def execute(kept: int | None) -> Answer:
            await self._deployment.steering.forget(name, kept)
            return Answer(204, {}, b"")

        return await self._once.between(order, partial(self._kept, name), execute)

    async def _steered(self, request: Request, collection: str, steer: Steer) -> HTTPResponse:
        order = await self._admitted(request, collection)
        name = order.collection

        async def look() -> About:
            job = (await self._deployment.jobs.all()).get(name)
            return VACANT if job is None else job.asked_at

        async def execute(asked_at: About | None) -> Answer:
            return _answer({"collection": name, **told(await steer(name, asked_at))})

        return await self._once.between(order, look, execute)

    async def _kept(self, name: str) -> int:
        return (await self._deployment.generations.kept()).get(name, VACANT)

    async def _admitted(self, request: Request, collection: str) -> Order:
        actor = self._access.admin(request).actor
        reading.parameters(request, ())
        key = key_of(request, actor)
        declared = await self._deployment.catalog.find(reading.collection_name(collection))
        return Order(key, declared.name, actor)


async def _this_moment() -> About:
    return time.time()


def _answer(value: JsonObject, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, orjson.dumps(value))


def _options(request: Request) -> JsonObject:
    """The options that a body names. Raises JsonInvalid, MediaTypeUnsupported, BodyInvalid."""
    body: Any = reading.json_object(reading.json_body(request)) if request.body else {}
    try:
        Options.model_validate(body)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        raise BodyInvalid("".join(f"/{part}" for part in error["loc"]), error["msg"].lower()) from None
    return dict(body)

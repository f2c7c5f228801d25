"""Projections: their state and lag; rebuilding one, and steering that."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.projections_report import report, told
from app.routes import reading
from app.routes.access import Access
from app.routes.answering import empty_answer, json_answer
from app.routes.app import App
from commands.errors import BodyInvalid
from events.commit import JsonObject
from projections.jobs import Job, Options

_REPORT = "/v1/projections"

Steer = Callable[[str], Awaitable[Job]]


class ProjectionRoutes:
    """The routes under /v1/projections."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._deployment = deployment
        self._access = access

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
        name = await self._admitted(request, collection)
        job = await self._deployment.jobs.ask(name, _options(request))
        return json_answer({"collection": name, **told(job)}, 202, {"location": _REPORT})

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
        name = await self._admitted(request, collection)
        live = await self._deployment.steering.rollback(name)
        return json_answer({"collection": name, "generation": live.number})

    async def forget(self, request: Request, collection: str) -> HTTPResponse:
        """POST the wish that the generation that is kept is freed."""
        name = await self._admitted(request, collection)
        await self._deployment.steering.forget(name)
        return empty_answer()

    async def _steered(self, request: Request, collection: str, steer: Steer) -> HTTPResponse:
        name = await self._admitted(request, collection)
        return json_answer({"collection": name, **told(await steer(name))})

    async def _admitted(self, request: Request, collection: str) -> str:
        self._access.admin(request)
        reading.parameters(request, ())
        return (await self._deployment.catalog.find(reading.collection_name(collection))).name


def _options(request: Request) -> JsonObject:
    """The options that a body names. Raises JsonInvalid, MediaTypeUnsupported, BodyInvalid."""
    body: Any = reading.json_object(reading.json_body(request)) if request.body else {}
    try:
        Options.model_validate(body)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        raise BodyInvalid("".join(f"/{part}" for part in error["loc"]), error["msg"].lower()) from None
    return dict(body)

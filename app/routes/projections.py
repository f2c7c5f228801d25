"""Projections: their state and lag, and the order to rebuild one."""

from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.projections_report import report
from app.routes import reading
from app.routes.access import Access
from app.routes.answering import json_answer
from app.routes.app import App


class ProjectionRoutes:
    """The routes under /v1/projections."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._deployment = deployment
        self._access = access

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        app.add_route(self.state, "/v1/projections", methods=["GET", "HEAD"], name="projection_state")
        app.add_route(
            self.rebuild, "/v1/projections/<collection>/rebuild", methods=["POST"], name="projection_rebuild"
        )

    async def state(self, request: Request) -> HTTPResponse:
        """GET how far every projection is, who keeps them, and what is being rebuilt."""
        self._access.admin(request)
        reading.parameters(request, ())
        return json_answer(await report(self._deployment))

    async def rebuild(self, request: Request, collection: str) -> HTTPResponse:
        """POST the order to rebuild a projection; a projector does it."""
        self._access.admin(request)
        reading.parameters(request, ())
        declared = await self._deployment.catalog.find(reading.collection_name(collection))
        job = await self._deployment.jobs.ask(declared.name)
        return json_answer(job.model_dump(mode="json", exclude_none=True), 202, {"location": "/v1/projections"})

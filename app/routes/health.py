"""Health: whether this process lives, and whether it can do its work. Public, and says little."""

import asyncio

from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import STORE_ERRORS, Deployment
from app.routes.answering import json_answer
from app.routes.app import App

PATIENCE = 2.0


class HealthRoutes:
    """The routes under /health."""

    def __init__(self, deployment: Deployment) -> None:
        self._stores = deployment.stores

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        app.add_route(self.live, "/health/live", methods=["GET", "HEAD"], name="health_live")
        app.add_route(self.ready, "/health/ready", methods=["GET", "HEAD"], name="health_ready")

    async def live(self, _: Request) -> HTTPResponse:
        """The process answers."""
        return json_answer({"status": "live"})

    async def ready(self, _: Request) -> HTTPResponse:
        """The process can serve: MongoDB and Redis answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._stores.answer()
        except (*STORE_ERRORS, TimeoutError):
            return json_answer({"status": "not ready"}, 503, {"retry-after": "1"})
        return json_answer({"status": "ready"})

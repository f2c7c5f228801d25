"""Metrics, for Prometheus and those who read its text format."""

from sanic.request import Request
from sanic.response import HTTPResponse

from app.errors import Forbidden
from app.metrics.exposition import MEDIA_TYPE, Exposition
from app.routes import reading
from app.routes.access import Access
from app.routes.app import App

SCOPE = "metrics:read"
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class MetricsRoutes:
    """The route /metrics."""

    def __init__(self, exposition: Exposition, access: Access) -> None:
        self._exposition = exposition
        self._access = access

    def register(self, app: App) -> None:
        """Add the route to `app`."""
        app.add_route(self.scrape, "/metrics", methods=["GET", "HEAD"], name="metrics_scrape")

    async def scrape(self, request: Request) -> HTTPResponse:
        """GET every metric. For administrators, and tokens with the scope metrics:read."""
        identity = self._access.user(request)
        if identity.role != "admin" and SCOPE not in identity.scopes:
            raise Forbidden(f"admin, or the scope {SCOPE}")
        reading.parameters(request, ())
        return HTTPResponse(await self._exposition.scrape(), 200, _HEADERS, MEDIA_TYPE)

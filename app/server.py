"""The API worker: a Sanic application around one deployment, served until a signal ends it."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import orjson

from app.composition import Deployment, deployment, token_key
from app.http.cross_origin import CrossOrigin
from app.http.finishing import FinishedProtocol, Finisher
from app.http.origins import read_origins
from app.http.server_timing import tell_time
from app.identity.verifier import Verifier
from app.metrics.exposition import Exposition
from app.metrics.traffic import CountedProtocol, Traffic
from app.problem_handler import ProblemHandler
from app.quotas.limiter import Limiter
from app.quotas.quota import read_quota
from app.quotas.spending import Spending
from app.routes.access import Access
from app.routes.app import App
from app.routes.batch import BatchRoutes
from app.routes.collections import CollectionRoutes
from app.routes.descriptions import DescriptionRoutes
from app.routes.documents import DocumentRoutes
from app.routes.export import ExportRoutes
from app.routes.health import HealthRoutes
from app.routes.importing import ImportRoutes
from app.routes.metrics import MetricsRoutes
from app.routes.pages import PageRoutes
from app.routes.parked import ParkedRoutes
from app.routes.projections import ProjectionRoutes
from app.routes.routing import Routing
from app.routes.views import ViewRoutes
from app.settings import Settings
from app.supervisor.listening import address_of

GRACE = 10.0


def create_app(built: Deployment) -> App:
    """The application: routes, limits, and an answer to everything that goes wrong."""
    settings = built.settings
    app = _bare(settings, f"foldbase-{os.getpid()}-{id(built)}")
    access = Access(Verifier([token_key(settings)]))
    limiter = _limiter(built, access)
    app.ctx.around = limiter.around if limiter else None
    traffic = app.ctx.traffic = Traffic()
    app.ctx.finishers = tuple(_finishers(settings, limiter))
    built.log.on_append(traffic.appended)
    for routes in (
        DocumentRoutes(built, access),
        ImportRoutes(built, access),
        BatchRoutes(built, access),
        ViewRoutes(built, access),
        CollectionRoutes(built, access),
        DescriptionRoutes(built, access),
        ExportRoutes(built, access),
        ProjectionRoutes(built, access),
        ParkedRoutes(built, access),
        HealthRoutes(built),
        MetricsRoutes(Exposition(built, traffic), access),
        PageRoutes(address_of(settings.host, settings.port)),
    ):
        routes.register(app)
    return app


def _bare(settings: Settings, name: str) -> App:
    """An application without routes, and with the limits of the settings."""
    app = App(
        name,
        loads=orjson.loads,
        dumps=lambda value: orjson.dumps(value).decode(),
        error_handler=ProblemHandler(),
        router=Routing(),
        configure_logging=False,
    )
    app.config.update(
        ACCESS_LOG=False,
        AUTO_EXTEND=False,
        MOTD=False,
        REQUEST_MAX_SIZE=settings.max_body,
        HEAD_TIMEOUT=settings.head_timeout,
        BODY_TIMEOUT=settings.body_timeout,
        KEEP_ALIVE_TIMEOUT=120,
        GRACEFUL_SHUTDOWN_TIMEOUT=GRACE,
    )
    return app


def _limiter(built: Deployment, access: Access) -> Limiter | None:
    """What holds users to the rate that the settings say, if they say one."""
    quota = read_quota(built.settings.rate_limit)
    if quota is None:
        return None
    return Limiter(quota, Spending(built.stores.redis, built.settings.database, quota), access)


def _finishers(settings: Settings, limiter: Limiter | None) -> Iterator[Finisher]:
    """What the settings add to every answer."""
    if limiter is not None:
        yield limiter.tell
    if origins := read_origins(settings.cors_origins):
        yield CrossOrigin(origins)
    if settings.server_timing:
        yield tell_time


async def serve(settings: Settings, sock: socket.socket) -> None:
    """Serve on a listening socket until SIGTERM or SIGINT; requests under way are finished first."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with deployment(settings) as built:
        server = await start(create_app(built), sock)
        await stopped.wait()
        await drain(server)


async def start(app: App, sock: socket.socket) -> Any:
    """Start serving `app` on a listening socket. Where nothing is added to answers, nothing is looked up."""
    server: Any = await app.create_server(
        sock=sock,
        protocol=FinishedProtocol if app.ctx.finishers else CountedProtocol,
        return_asyncio_server=True,
        access_log=False,
    )
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    return server


async def drain(server: Any) -> None:
    """Take no more connections, let requests under way end for at most 10 s, then close what is left."""
    await server.before_stop()
    closed = server.close()
    deadline = asyncio.get_running_loop().time() + GRACE
    while server.connections and asyncio.get_running_loop().time() < deadline:
        for connection in list(server.connections):
            connection.close_if_idle()
        await asyncio.sleep(0.02)
    for connection in list(server.connections):
        connection.abort()
    if closed is not None:
        await asyncio.wait({closed}, timeout=1)
    await server.after_stop()

"""The API and a projector in this process, on a free port, and clients of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx

from app.composition import Deployment, deployment, token_key
from app.identity.tokens import issue
from app.projecting import projector
from app.routes.app import App
from app.server import create_app, drain, start
from app.settings import Settings
from tests.deployments import TRUSTING_NOBODY


@dataclass(frozen=True)
class Served:
    """What is served, and clients for everybody who may ask."""

    deployment: Deployment
    app: App
    admin: httpx.AsyncClient
    user: httpx.AsyncClient
    nobody: httpx.AsyncClient


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Served]:
    """Serve on `settings`, with a projector beside it."""
    async with deployment(settings) as built, projecting(settings), answering(built) as serving:
        yield serving


@asynccontextmanager
async def answering(built: Deployment) -> AsyncIterator[Served]:
    """Serve a deployment that is there."""
    app = create_app(built)
    app.config.TOUCHUP = False  # Sanic can do that for one application in a process only
    listening = socket.create_server(("127.0.0.1", 0))
    server = await start(app, listening)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with (
            client(url, built.settings, "admin") as admin,
            client(url, built.settings, "user") as user,
            client(url, built.settings, None) as nobody,
        ):
            yield Served(built, app, admin, user, nobody)
    finally:
        await drain(server)


@asynccontextmanager
async def beside(serving: Served, **chosen: Any) -> AsyncIterator[Served]:
    """Serve the same deployment once more, with other settings of HTTP."""
    built = serving.deployment
    stores = replace(built.stores, settings=built.settings.model_copy(update=chosen))
    async with answering(replace(built, stores=stores)) as other:
        yield other


@asynccontextmanager
async def projecting(settings: Settings) -> AsyncIterator[None]:
    """A projector at work."""
    async with projector(settings) as built:
        work = asyncio.create_task(built.run())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def client(url: str, settings: Settings, role: str | None) -> httpx.AsyncClient:
    """A client whose token has `role`; without one, a client without a token."""
    headers = {}
    if role is not None:
        token = issue(token_key(settings), sub=role, role=role, ttl=timedelta(minutes=5))
        headers["Authorization"] = f"Bearer {token}"
    return httpx.AsyncClient(base_url=url, headers=headers, verify=TRUSTING_NOBODY)

"""A projector, built, and the process of one. It ends cleanly on SIGTERM and SIGINT."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop

import app.filling  # noqa: F401 - so that those who are forked have it
from app.fillers import fillers
from app.forking.server import ForkServer
from app.forking_fillers import forking_fillers
from app.logs import configure_logs
from app.memory import tune_memory
from app.settings import Settings
from app.signals import on_signal
from app.stores import Stores, stores
from events.background import Background
from projections.projector import Projector


@asynccontextmanager
async def projector(settings: Settings, forks: ForkServer | None = None) -> AsyncIterator[Projector]:
    """Build a projector. Raises as `stores`.

    forks: starts processes that share rebuilds; without, it does them by itself.
    """
    async with stores(settings) as opened:
        yield projector_of(opened, forks)


def projector_of(opened: Stores, forks: ForkServer | None = None) -> Projector:
    """A projector on stores that are open already."""
    start = None if forks is None else fillers(forks)
    return Projector(opened.redis, opened.listening, opened.layout, opened.log, opened.catalog, start)


def run_projector(settings: Settings) -> None:
    """Keep projections up to date until a signal ends it."""
    configure_logs(settings.log_level)
    tune_memory()
    with forking_fillers(settings) as forks:
        uvloop.run(_project(settings, forks))


async def _project(settings: Settings, forks: ForkServer) -> None:
    async with projector(settings, forks) as running, Background() as background:
        stopped = on_signal()
        background.start(running.run(), "projector")
        background.start(forks.watch(), "fork server")
        background.start(stopped.wait(), "signal")
        await background.first()

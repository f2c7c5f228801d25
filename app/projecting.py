"""A projector, built, and the process of one. It ends cleanly on SIGTERM and SIGINT."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop

from app.fillers import fillers
from app.logs import configure_logs
from app.memory import tune_memory
from app.settings import Settings
from app.signals import on_signal
from app.stores import Stores, stores
from events.background import Background
from projections.projector import Projector


@asynccontextmanager
async def projector(settings: Settings) -> AsyncIterator[Projector]:
    """Build a projector. Raises as `stores`."""
    async with stores(settings) as opened:
        yield projector_of(opened)


def projector_of(opened: Stores) -> Projector:
    """A projector on stores that are open already."""
    start = fillers(opened.settings)
    return Projector(opened.redis, opened.listening, opened.layout, opened.log, opened.catalog, start)


def run_projector(settings: Settings) -> None:
    """Keep projections up to date until a signal ends it."""
    configure_logs(settings.log_level)
    tune_memory()
    uvloop.run(_project(settings))


async def _project(settings: Settings) -> None:
    async with projector(settings) as running, Background() as background:
        stopped = on_signal()
        background.start(running.run(), "projector")
        background.start(stopped.wait(), "signal")
        await background.first()

"""Doing a projector's work in a command, for as long as no projector is alive."""

import asyncio
import time
from types import TracebackType
from typing import Self

from app.forking.server import ForkServer
from app.memory import tune_memory
from app.settings import Settings
from events.background import Background, end
from projections.errors import ProjectionAway
from projections.heartbeat import Heartbeats

LOOK_EVERY = 1.0


class WorkingHere:
    """Runs a projector in this process once none is heard of. It stays when others come: they share."""

    def __init__(self, settings: Settings, heartbeats: Heartbeats, forks: ForkServer) -> None:
        """forks: see `projector`."""
        self._settings = settings
        self._forks = forks
        self._heartbeats = heartbeats
        self._task: asyncio.Task[None] | None = None
        self._looked = 0.0

    async def look(self) -> None:
        """Look whether a projector is alive, if it is time to, and begin where there is none."""
        if self._task is not None:
            if self._task.done():
                self._task.result()
        elif time.monotonic() - self._looked >= LOOK_EVERY:
            self._looked = time.monotonic()
            try:
                alive = await self._heartbeats.alive()
            except ProjectionAway:
                return
            if not alive:
                self._task = asyncio.create_task(_work(self._settings, self._forks), name="projector")

    async def __aenter__(self) -> Self:
        await self.look()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            await end([self._task])


async def _work(settings: Settings, forks: ForkServer) -> None:
    from app.projecting import projector  # most commands never need it, and it takes long to import

    tune_memory()
    async with projector(settings, forks) as running, Background() as background:
        background.start(running.run(), "projector")
        background.start(forks.watch(), "fork server")
        await background.first()

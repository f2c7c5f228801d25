"""Doing a projector's work in a command, for as long as no projector is alive."""

import asyncio
import time
from types import TracebackType
from typing import Self

from app.composition import Deployment, projector_of
from app.memory import tune_memory
from events.background import end
from projections.errors import ProjectionAway

LOOK_EVERY = 1.0


class WorkingHere:
    """Runs a projector in this process once none is heard of. It stays when others come: they share."""

    def __init__(self, built: Deployment) -> None:
        self._built = built
        self._task: asyncio.Task[None] | None = None
        self._looked = 0.0

    async def look(self) -> None:
        """Look whether a projector is alive, if it is time to, and begin where there is none."""
        if self._task is not None or time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        try:
            alive = await self._built.heartbeats.alive()
        except ProjectionAway:
            return
        if not alive:
            tune_memory()
            self._task = asyncio.create_task(projector_of(self._built.stores).run(), name="projector")

    async def __aenter__(self) -> Self:
        await self.look()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            await end([self._task])

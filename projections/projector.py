"""The projector: one process that keeps every live projection at the head of the log.

Any number of projectors may run: every step is guarded, so the slower of two does nothing.
"""

import asyncio
import os
import secrets
import socket

import structlog

from catalog.catalog import Catalog
from events.background import Background
from events.log import EventLog
from events.wakeup import Listener
from projections.bringup import BringUp
from projections.client import RedisClient
from projections.errors import STORE_AWAY, CheckpointMoved, CheckpointUnusable
from projections.follower import Follower
from projections.heartbeat import Heartbeats, PartitionBeat
from projections.housekeeping import Housekeeping
from projections.layout import Layout
from projections.state import ProjectorState
from projections.step import Steps
from projections.worker import Worker

_log = structlog.get_logger(__name__)

PAUSE = 0.5
KEEP_HOUSE_EVERY = 1.0


class Projector:
    """Runs followers for all partitions, brings projections up where there are none, and works off jobs."""

    def __init__(
        self,
        redis: RedisClient,
        listening: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
    ) -> None:
        """listening: a client whose connections may stay silent for long, for wake-ups."""
        self._appended = Listener(listening, layout.appended)
        self._asked = Listener(listening, layout.jobs)
        live = Steps(redis, layout, layout.live, log, catalog)
        self._followers = [
            Follower(log, live, partition, self._appended.waiter()) for partition in range(log.partitions)
        ]
        self._name = f"{socket.gethostname()}-{secrets.token_hex(2)}-{os.getpid()}"
        self._bring_up = BringUp(redis, layout, log, catalog)
        self._housekeeping = Housekeeping(redis, layout, log, catalog)
        self._worker = Worker(redis, layout, log, catalog, self._followers, self._name)
        self._heartbeats = Heartbeats(redis, layout)
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Project until cancelled; survives the loss of MongoDB or Redis and goes on by itself."""
        try:
            async with Background() as background:
                background.start(self._appended.run(), "appended")
                background.start(self._asked.run(), "asked")
                background.start(self._work(), "jobs")
                background.start(self._beat(), "heartbeat")
                background.start(self._project(), "project")
                await background.wait()
        finally:
            self._all_are(ProjectorState.STOPPED)
            await self._heartbeats.stop(self._name)

    async def _project(self) -> None:
        while True:
            try:
                await self._prepare()
                self._ready.set()
                await self._follow()
            except CheckpointUnusable:
                _log.warning("there is nothing to go on from")
            except (*STORE_AWAY, CheckpointMoved) as error:
                _log.warning("projector waits", reason=str(error))
                self._all_are(ProjectorState.CATCHING_UP, str(error))
                await asyncio.sleep(PAUSE)
            except Exception as fault:  # noqa: BLE001 - it must be seen, and tried again, not end the process
                self._all_are(ProjectorState.HALTED, str(fault))
                _log.exception("projector halted, trying again")
                await asyncio.sleep(PAUSE)
            finally:
                self._ready.clear()

    async def _prepare(self) -> None:
        """See to it that there is something to go on from, and nothing in it that should be gone."""
        if await self._bring_up.needed():
            self._all_are(ProjectorState.REBUILDING)
            await self._bring_up.run()
        else:
            await self._bring_up.clear()
        await self._housekeeping.run()
        self._all_are(ProjectorState.CATCHING_UP)

    async def _follow(self) -> None:
        """Follow every partition. Raises CheckpointUnusable when there is nothing to go on from."""
        async with Background() as background:
            for follower in self._followers:
                background.start(follower.run(), "follower")
            await background.wait()

    async def _work(self) -> None:
        """Do what is asked for, and keep house, when there are projections."""
        asked = self._asked.waiter()
        while True:
            await self._ready.wait()
            try:
                await self._housekeeping.run()
                await self._worker.run()
            except (*STORE_AWAY, CheckpointMoved) as error:
                _log.warning("rebuild waits", reason=str(error))
            except Exception:  # noqa: BLE001 - it must be seen, and must not end the others
                _log.exception("rebuild halted, trying again")
            await asked.wait(KEEP_HOUSE_EVERY)

    async def _beat(self) -> None:
        while True:
            partitions = [
                PartitionBeat(state=follower.state, trouble=follower.trouble) for follower in self._followers
            ]
            await self._heartbeats.beat(self._name, partitions)
            await asyncio.sleep(Heartbeats.EVERY)

    def _all_are(self, state: ProjectorState, trouble: str | None = None) -> None:
        for follower in self._followers:
            follower.state, follower.trouble = state, trouble

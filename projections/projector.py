"""The projector: one process that keeps live projections at the head of the log.

Any number of projectors may run. Each one works on its share of the partitions, and on the rebuilds that nobody
else works on; see projections/shares.py and projections/lease.py.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from catalog.catalog import Catalog
from events.background import Background
from events.log import EventLog
from events.wakeup import Listener
from projections.bringup import EVERYTHING, BringUp
from projections.client import RedisClient
from projections.errors import STORE_AWAY, CheckpointMoved, CheckpointUnusable, ProjectionAway
from projections.follower import Follower
from projections.heartbeat import Heartbeats, PartitionBeat
from projections.housekeeping import Housekeeping
from projections.layout import Layout
from projections.lease import Lease
from projections.shares import Shares
from projections.shift import Shift
from projections.state import ProjectorState
from projections.step import Steps
from projections.team import Start
from projections.worker import Worker

_log = structlog.get_logger(__name__)

PAUSE = 0.5
LOOK_EVERY = 1.0


class Projector:
    """Follows its share of the partitions, brings projections up where there are none, and works off jobs."""

    def __init__(
        self,
        redis: RedisClient,
        listening: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        start: Start | None = None,
    ) -> None:
        """listening: a client whose connections may stay silent for long, for wake-ups.

        start: starts processes that share a rebuild; without it, one process does it.
        """
        self._appended = Listener(listening, layout.appended)
        self._asked = Listener(listening, layout.jobs)
        self._freed = Listener(listening, layout.leases)
        live = Steps(redis, layout, layout.live, log, catalog)
        self._followers = [
            Follower(log, live, partition, self._appended.waiter()) for partition in range(log.partitions)
        ]
        self._name = f"{socket.gethostname()}-{secrets.token_hex(2)}-{os.getpid()}"
        self._shares = Shares(redis, layout, log.partitions, self._name)
        self._shift = Shift(self._shares, self._followers, self._freed.waiter())
        self._bring_up = BringUp(redis, layout, log, catalog)
        self._to_bring_up = Lease(redis, layout.build(EVERYTHING).base, self._name)
        self._housekeeping = Housekeeping(redis, layout, log, catalog)
        self._worker = Worker(redis, layout, log, catalog, self._name, start)
        self._heartbeats = Heartbeats(redis, layout)
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Project until cancelled; survives the loss of MongoDB or Redis and goes on by itself."""
        try:
            async with Background() as background:
                background.start(self._appended.run(), "appended")
                background.start(self._asked.run(), "asked")
                background.start(self._freed.run(), "freed")
                background.start(self._again_and_again(self._worker.run), "jobs")
                background.start(self._again_and_again(self._housekeeping.run), "house")
                background.start(self._beat(), "heartbeat")
                background.start(self._project(), "project")
                await background.wait()
        finally:
            self._all_are(ProjectorState.STOPPED)
            with suppress(ProjectionAway):
                await self._shares.leave()
            await self._heartbeats.stop(self._name)

    async def _project(self) -> None:
        while True:
            try:
                if await self._prepare():
                    self._ready.set()
                    await self._shift.run()
                else:
                    await asyncio.sleep(PAUSE)
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

    async def _prepare(self) -> bool:
        """See to it that there is something to go on from; false while another projector does."""
        if not await self._bring_up.needed():
            await self._bring_up.clear()
        elif await self._to_bring_up.take():
            self._all_are(ProjectorState.REBUILDING)
            async with self._to_bring_up.kept() as fence:
                await self._bring_up.run(fence)
        else:
            self._all_are(ProjectorState.STANDBY)
            return False
        await self._housekeeping.run()
        self._all_are(ProjectorState.STANDBY)
        return True

    async def _again_and_again(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work each second, and when a rebuild is asked for, while there are projections."""
        asked = self._asked.waiter()
        while True:
            await self._ready.wait()
            try:
                await work()
            except (*STORE_AWAY, CheckpointMoved) as error:
                _log.warning("work waits", work=work.__qualname__, reason=str(error))
            except Exception:  # noqa: BLE001 - it must be seen, and must not end the others
                _log.exception("work halted, trying again", work=work.__qualname__)
            await asked.wait(LOOK_EVERY)

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

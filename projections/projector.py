"""The projector: one process that keeps every live projection at the head of the log.

Any number of projectors may run: every step is guarded, so the slower of two does nothing.
"""

import asyncio
import os
import socket
import time

import structlog
from redis.exceptions import RedisError

from catalog.catalog import Catalog
from events.background import Background, end
from events.errors import LogUnavailable
from events.log import EventLog
from events.wakeup import Listener
from projections.bringup import EVERYTHING, BringUp
from projections.client import RedisClient
from projections.errors import CheckpointMoved, ProjectionAway
from projections.follower import CheckpointUnusable, Follower
from projections.generations import Generations
from projections.heartbeat import Beat, Heartbeats, PartitionBeat
from projections.jobs import Jobs, Lease
from projections.layout import Layout
from projections.rebuild import Rebuild
from projections.state import ProjectorState
from projections.step import Steps

_log = structlog.get_logger(__name__)

PAUSE = 0.5


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
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._appended = Listener(listening, layout.appended)
        self._asked = Listener(listening, layout.jobs)
        live = Steps(redis, layout, layout.live, log, catalog)
        self._followers = [
            Follower(log, live, partition, self._appended.waiter()) for partition in range(log.partitions)
        ]
        self._generations = Generations(redis, layout, log.id, log.partitions)
        build = Steps(redis, layout, layout.build(EVERYTHING), log, catalog)
        self._bring_up = BringUp(log, layout, self._generations, build)
        self._jobs = Jobs(redis, layout)
        self._heartbeats = Heartbeats(redis, layout)
        self._name = f"{socket.gethostname()}-{os.getpid()}"
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Project until cancelled; survives the loss of MongoDB or Redis and goes on by itself."""
        try:
            async with Background() as background:
                background.start(self._appended.run(), "appended")
                background.start(self._asked.run(), "asked")
                background.start(self._work_off_jobs(), "jobs")
                background.start(self._beat(), "heartbeat")
                background.start(self._project(), "project")
                await background.wait()
        finally:
            for follower in self._followers:
                follower.state = ProjectorState.STOPPED
            await self._heartbeats.stop(self._name)

    async def _project(self) -> None:
        while True:
            try:
                if await self._bring_up.needed():
                    self._all_are(ProjectorState.REBUILDING)
                    await self._bring_up.run()
                self._ready.set()
                await self._follow()
            except (LogUnavailable, ProjectionAway, CheckpointMoved) as error:
                _log.warning("projector waits", reason=str(error) or type(error).__name__)
                await asyncio.sleep(PAUSE)
            except Exception as fault:  # noqa: BLE001 - it must be seen, and tried again, not end the process
                self._all_are(ProjectorState.HALTED, str(fault))
                _log.exception("projector halted, trying again")
                await asyncio.sleep(PAUSE)

    async def _follow(self) -> None:
        """Follow every partition until one finds that there is nothing to go on from."""
        self._all_are(ProjectorState.CATCHING_UP)
        try:
            async with Background() as background:
                for follower in self._followers:
                    background.start(follower.run(), "follower")
                await background.wait()
        except CheckpointUnusable:
            self._ready.clear()

    async def _work_off_jobs(self) -> None:
        asked = self._asked.waiter()
        while True:
            await self._ready.wait()
            try:
                for name, job in (await self._jobs.all()).items():
                    if job.running:
                        await self._rebuild(name)
                await self._discard_dropped()
            except (LogUnavailable, ProjectionAway, RedisError, OSError) as error:
                _log.warning("rebuild waits", reason=str(error))
            await asked.wait(PAUSE * 2)

    async def _rebuild(self, collection: str) -> None:
        lease = Lease(self._redis, f"{self._layout.build(collection).base}:lease", self._name)
        if not await lease.take():
            return
        renewal = asyncio.create_task(lease.renew())
        job = (await self._jobs.all())[collection]
        try:
            await Rebuild(
                self._redis, self._layout, self._log, self._catalog, self._jobs, job, self._followers
            ).run()
        except CheckpointMoved:
            _log.info("rebuild goes on later", collection=collection)
        except (LogUnavailable, ProjectionAway, asyncio.CancelledError):
            raise
        except Exception as fault:  # noqa: BLE001 - told to whoever follows the job
            _log.exception("rebuild failed", collection=collection)
            job.state, job.error, job.finished_at = "failed", repr(fault), time.time()
            await self._jobs.keep(job)
        finally:
            await end([renewal])
            await asyncio.gather(lease.give_back(), return_exceptions=True)

    async def _discard_dropped(self) -> None:
        """Free the projections of collections that were dropped while Redis could not be told."""
        for name in await self._generations.live():
            if self._catalog.get(name) is None and not await self._catalog.exists_now(name):
                await self._generations.discard(name)

    async def _beat(self) -> None:
        while True:
            partitions = [
                PartitionBeat(state=follower.state, trouble=follower.trouble) for follower in self._followers
            ]
            await self._heartbeats.beat(Beat(name=self._name, at=time.time(), partitions=partitions))
            await asyncio.sleep(Heartbeats.EVERY)

    def _all_are(self, state: ProjectorState, trouble: str | None = None) -> None:
        for follower in self._followers:
            follower.state, follower.trouble = state, trouble

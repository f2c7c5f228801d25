"""Working off rebuild jobs: one after another, each by one projector at a time."""

from collections.abc import Callable
from contextlib import suppress

import structlog

from catalog.catalog import Catalog
from events.log import EventLog
from projections.client import RedisClient
from projections.errors import (
    STORE_AWAY,
    CheckpointMoved,
    CheckpointUnusable,
    CollectionDropped,
    ProjectionsFull,
    RebuildDiffers,
    RebuildInterrupted,
)
from projections.fence import Fence
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.lease import Lease
from projections.rebuild import Rebuild
from projections.steering import Steering
from projections.team import FillerFailed, Start

_log = structlog.get_logger(__name__)


class Worker:
    """Does the jobs that nobody else is doing."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        name: str,
        start: Start | None = None,
    ) -> None:
        """name: of this projector; nobody else has it. start: starts processes that share a rebuild."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._name = name
        self._start = start
        self._jobs = Jobs(redis, layout)
        self._steering = Steering(redis, layout, log.id, log.partitions)

    async def run(self) -> None:
        """Once over all jobs. Raises LogUnavailable, CatalogUnavailable, ProjectionAway: run it again."""
        for name, job in (await self._jobs.all()).items():
            if job.running:
                lease = Lease(self._redis, self._layout.build(name).base, self._name, self._layout.jobs)
                if await lease.take():
                    async with lease.kept() as fence:
                        await self._do(name, fence)
            elif job.is_to_be_cleared:
                await self._steering.clear(name)

    async def _do(self, collection: str, fence: Fence) -> None:
        job = (await self._jobs.all()).get(collection)
        if job is None or not job.running:
            return
        try:
            await Rebuild(self._redis, self._layout, self._log, self._catalog, job, fence, self._start).run()
        except (CheckpointMoved, CheckpointUnusable, RebuildInterrupted) as reason:
            _log.info("rebuild goes on later, or elsewhere", collection=collection, reason=str(reason))
        except ProjectionsFull as full:
            await self._give_up(job, fence, str(full))
        except STORE_AWAY as away:
            await self._wait(job, fence, str(away))
            raise
        except (CollectionDropped, FillerFailed) as reason:
            await self._give_up(job, fence, str(reason))
        except RebuildDiffers as differs:
            await self._give_up(job, fence, str(differs), differs.ids)
        except Exception as fault:  # noqa: BLE001 - told to whoever follows the job
            _log.exception("rebuild failed", collection=collection)
            await self._give_up(job, fence, repr(fault))

    async def _wait(self, job: Job, fence: Fence, trouble: str) -> None:
        """Say what it waits for, if anybody can hear it."""
        with suppress(*STORE_AWAY):
            await self._tell(job, fence, lambda now: now.but(trouble=trouble))

    async def _give_up(self, job: Job, fence: Fence, reason: str, ids: list[str] | None = None) -> None:
        """The job says why; what it made goes, so that there is room for the live one."""
        await self._tell(job, fence, lambda now: now.ended("failed", reason).but(differences=ids or []))
        await self._steering.clear(job.collection)

    async def _tell(self, job: Job, fence: Fence, change: Callable[[Job], Job]) -> None:
        """Change the job, if it is still the one that is worked on, and by us."""

        def changing(now: Job | None) -> Job:
            if now is None or not job.is_still(now):
                raise RebuildInterrupted(job.collection)
            return change(now)

        with suppress(RebuildInterrupted, CheckpointMoved):
            await self._jobs.change(job.collection, changing, fence=fence)

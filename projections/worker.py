"""Working off rebuild jobs: one after another, each by one projector at a time."""

from collections.abc import Sequence

import structlog

from catalog.catalog import Catalog
from events.log import EventLog
from projections.builds import Builds
from projections.client import RedisClient
from projections.errors import STORE_AWAY, CheckpointMoved, CheckpointUnusable, CollectionDropped
from projections.follower import Follower
from projections.generations import Generations
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.lease import Lease
from projections.rebuild import Rebuild

_log = structlog.get_logger(__name__)


class Worker:
    """Does the jobs that nobody else is doing."""

    def __init__(
        self,
        redis: RedisClient,
        layout: Layout,
        log: EventLog,
        catalog: Catalog,
        followers: Sequence[Follower],
        name: str,
    ) -> None:
        """name: of this projector; nobody else has it."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._followers = followers
        self._name = name
        self._jobs = Jobs(redis, layout)
        self._generations = Generations(redis, layout, log.id, log.partitions)
        self._builds = Builds(redis, layout, log.id, log.partitions)

    async def run(self) -> None:
        """Once over all jobs. Raises LogUnavailable, CatalogUnavailable, ProjectionAway: run it again."""
        for name, job in (await self._jobs.all()).items():
            lease = Lease(self._redis, self._layout.build(name).base, self._name, self._layout.jobs)
            if job.running and await lease.take():
                async with lease.kept():
                    await self._do(name)

    async def _do(self, collection: str) -> None:
        job = (await self._jobs.all()).get(collection)
        if job is None or not job.running:
            return
        try:
            await Rebuild(self._redis, self._layout, self._log, self._catalog, job, self._followers).run()
        except (CheckpointMoved, CheckpointUnusable):
            _log.info("rebuild goes on later", collection=collection)
        except STORE_AWAY:
            raise
        except CollectionDropped as dropped:
            await self._give_up(job, str(dropped))
        except Exception as fault:  # noqa: BLE001 - told to whoever follows the job
            _log.exception("rebuild failed", collection=collection)
            await self._give_up(job, repr(fault))

    async def _give_up(self, job: Job, reason: str) -> None:
        build = self._layout.build(job.collection)
        await self._builds.forget(build, await self._generations.written(build))
        await self._jobs.keep(job.ended("failed", reason))

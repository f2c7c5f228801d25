"""Rebuilding from the command line: ask for it, follow it, and do it here when no projector is alive."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from app.forking.server import ForkServer
from app.progress import ProgressLine
from app.redis_client import redis_client
from app.settings import Settings
from app.working_here import WorkingHere
from events.errors import FoldbaseError
from projections.errors import RebuildRunning
from projections.heartbeat import Heartbeats
from projections.jobs import Job, Jobs
from projections.layout import Layout
from projections.live import is_live

LOOK_EVERY = 0.1


class RebuildFailed(FoldbaseError):
    """A rebuild ended without a new generation; the old one is still live."""


async def rebuild(
    settings: Settings, collections: Sequence[str], options: Mapping[str, Any], forks: ForkServer
) -> list[Job]:
    """Rebuild the collections, all declared ones where none are named, one after the other.

    Returns when the new generations are live. A rebuild that runs already is followed to its end.
    options: those that were given; a rebuild that runs already must have the same.
    forks:   starts processes that share the work, where it is done here.
    Raises: CollectionMissing, RebuildRunning, RebuildFailed, ProjectionAway, LogUnavailable.
    """
    async with AsyncExitStack() as stack:
        redis = redis_client(settings)
        stack.push_async_callback(redis.aclose)
        layout = Layout(settings.database)
        here = await stack.enter_async_context(WorkingHere(settings, Heartbeats(redis, layout), forks))
        if not collections or not await is_live(redis, layout, collections):
            collections = await _declared(settings, collections)
        jobs = Jobs(redis, layout)
        return [await _rebuild(jobs, name, options, here) for name in collections]


async def _declared(settings: Settings, collections: Sequence[str]) -> Sequence[str]:
    """The collections, all there are where none are named. Raises CollectionMissing, CatalogUnavailable."""
    from app.stores import stores  # needed seldom, and it takes long to import

    async with stores(settings) as opened:
        for name in collections:
            await opened.catalog.find(name)
        return collections or [declared.name for declared in await opened.catalog.all()]


async def _rebuild(jobs: Jobs, name: str, options: Mapping[str, Any], here: WorkingHere) -> Job:
    try:
        job = await jobs.ask(name, options)
    except RebuildRunning as running:
        if running.others:
            raise
        job = await _found(jobs, name)
    with ProgressLine(name, "commits") as progress:
        while job.is_open:
            progress.show(job.done, job.total or None, rate=_rate(job))
            await asyncio.sleep(LOOK_EVERY)
            await here.look()
            job = await _found(jobs, name)
    if job.state in ("failed", "cancelled"):
        raise RebuildFailed(_why(job))
    return job


async def _found(jobs: Jobs, name: str) -> Job:
    """The job as Redis has it, which may have lost it."""
    job = (await jobs.all()).get(name)
    if job is None:
        raise RebuildFailed(f"Redis lost the rebuild of {name}, and is filled anew from the log as a whole")
    return job


def _rate(job: Job) -> str:
    """How fast it goes, how long that will take, or why it does not go on."""
    if job.state == "paused":
        return f"paused; foldbase projections resume {job.collection}"
    if job.trouble is not None:
        return f"in trouble: {job.trouble}"
    if job.compared is not None:
        return f"{job.compared:,} row{'' if job.compared == 1 else 's'} compared"
    if job.seconds_left is None:
        return job.state
    return f"{job.commits_per_second:,.0f} commits/s, {job.seconds_left:,.0f} s left"


def _why(job: Job) -> str:
    if job.state == "cancelled":
        return f"the rebuild of {job.collection} was cancelled; the old generation is still live"
    odd = f" ({len(job.differences)} told: {', '.join(job.differences)})" if job.differences else ""
    return f"the rebuild of {job.collection} failed: {job.error}{odd}; the old generation is still live"

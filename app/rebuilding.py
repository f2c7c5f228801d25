"""Rebuilding from the command line: ask for it, follow it, and do it here when no projector is alive."""

import asyncio
from collections.abc import Sequence

from app.composition import Deployment, deployment
from app.progress import ProgressLine
from app.settings import Settings
from events.errors import FoldbaseError
from projections.errors import RebuildRunning
from projections.jobs import Job
from projections.projector import Projector

LOOK_EVERY = 0.1


class RebuildFailed(FoldbaseError):
    """A rebuild ended without a new generation; the old one is still live."""


async def rebuild(settings: Settings, collections: Sequence[str]) -> list[Job]:
    """Rebuild the collections, all declared ones where none are named, one after the other.

    Returns when the new generations are live. A rebuild that runs already is followed to its end.
    Raises: CollectionMissing, RebuildFailed, ProjectionAway, LogUnavailable.
    """
    async with deployment(settings) as built:
        names = collections or [declared.name for declared in await built.catalog.all()]
        for name in names:
            await built.catalog.find(name)
        here = None if await built.heartbeats.alive() else _work_here(built)
        try:
            return [await _rebuild(built, name) for name in names]
        finally:
            if here is not None:
                here.cancel()
                await asyncio.gather(here, return_exceptions=True)


def _work_here(built: Deployment) -> "asyncio.Task[None]":
    stores = built.stores
    projector = Projector(stores.redis, stores.listening, stores.layout, stores.log, stores.catalog)
    return asyncio.create_task(projector.run(), name="projector")


async def _rebuild(built: Deployment, name: str) -> Job:
    try:
        job = await built.jobs.ask(name)
    except RebuildRunning:
        job = await _found(built, name)
    with ProgressLine(name, "commits") as progress:
        while job.running:
            progress.show(job.done, job.total or None)
            await asyncio.sleep(LOOK_EVERY)
            job = await _found(built, name)
    if job.state == "failed":
        raise RebuildFailed(f"the rebuild of {name} failed: {job.error}; the old generation is still live")
    return job


async def _found(built: Deployment, name: str) -> Job:
    """The job as Redis has it, which may have lost it."""
    job = (await built.jobs.all()).get(name)
    if job is None:
        raise RebuildFailed(f"Redis lost the rebuild of {name}, and is filled anew from the log as a whole")
    return job

"""The report on projections: what `GET /v1/projections` and `foldbase status` tell."""

import asyncio
import time
from typing import Any

from app.composition import Deployment
from events.position import partition_of
from projections.checkpoint import read_checkpoint
from projections.jobs import Job


async def report(deployment: Deployment) -> dict[str, Any]:
    """State, lag and progress. `lag` counts commits, and seconds since the oldest one not yet applied.

    Raises: ProjectionAway, LogUnavailable.
    """
    partitions = await asyncio.gather(
        *(_partition(deployment, number) for number in range(deployment.log.partitions))
    )
    beats = await deployment.heartbeats.alive()
    live, jobs = await deployment.generations.live(), await deployment.jobs.all()
    return {
        "projections": [
            {
                "collection": declared.name,
                "generation": live.get(declared.name),
                "rebuild": _job(jobs.get(declared.name)),
            }
            for declared in await deployment.catalog.all()
        ],
        "partitions": partitions,
        "projectors": [beat.model_dump(mode="json", exclude_none=True) for beat in beats],
    }


async def _partition(deployment: Deployment, number: int) -> dict[str, Any]:
    log = deployment.log
    written = await deployment.generations.written(deployment.stores.layout.live)
    checkpoint = read_checkpoint(written[number])
    head = await log.head(number)
    if checkpoint is None or checkpoint.log != log.id:
        return {"partition": number, "head": head, "checkpoint": None, "lag": None}
    behind = await log.read_partition(partition_of(head), after=checkpoint.position, limit=1)
    seconds = max(0.0, time.time() - behind[0].at.timestamp()) if behind else 0.0
    return {
        "partition": number,
        "head": head,
        "checkpoint": checkpoint.position,
        "lag": {"commits": max(0, head - checkpoint.position), "seconds": round(seconds, 3)},
    }


def _job(job: Job | None) -> dict[str, Any] | None:
    if job is None:
        return None
    progress = job.model_dump(mode="json", exclude_none=True, exclude={"collection"})
    if job.started_at is not None:
        spent = (job.finished_at or time.time()) - job.started_at
        rate = job.done / spent if spent > 0 else 0.0
        progress["commits_per_second"] = round(rate)
        if job.running and rate > 0:
            progress["seconds_left"] = round((job.total - job.done) / rate, 1)
    return progress

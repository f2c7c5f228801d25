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
    generations = deployment.generations
    live, kept, jobs = await generations.live(), await generations.kept(), await deployment.jobs.all()
    parked = await generations.parked()
    return {
        "projections": [
            {
                "collection": declared.name,
                "generation": live.get(declared.name),
                "kept": kept.get(declared.name),
                "parked": parked.get(declared.name, 0),
                "rebuild": told(jobs[declared.name]) if declared.name in jobs else None,
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


def told(job: Job) -> dict[str, Any]:
    """What is told of a rebuild: without what it does not have, and with the time that is left."""
    progress = job.model_dump(mode="json", exclude_none=True, exclude={"collection"})
    if not job.differences:
        del progress["differences"]
    if job.state == "running" and job.seconds_left is not None:
        progress["seconds_left"] = round(job.seconds_left, 1)
    return progress

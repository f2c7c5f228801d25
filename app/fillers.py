"""Starting processes that share a rebuild: `foldbase projector`, told what to fill. See app/filling.py."""

import asyncio
from asyncio.subprocess import PIPE, Process

from pydantic import BaseModel

from app.settings import Settings
from app.supervisor.programs import environment, foldbase
from projections.fence import Fence
from projections.team import Start


class Order(BaseModel):
    """What one process is to fill: a range of a collection, counted from 0, under a lease."""

    collection: str
    number: int
    mark: str
    max_rate: int | None


def fillers(settings: Settings) -> Start:
    """What starts such processes for the deployment of `settings`."""
    chosen = environment(
        {
            "mongo_url": settings.mongo_url,
            "redis_url": settings.redis_url,
            "database": settings.database,
            "partitions": str(settings.partitions),
            "log_level": settings.log_level,
        }
    )

    async def start(collection: str, number: int, fence: Fence, max_rate: int | None) -> Process:
        order = Order(collection=collection, number=number, mark=fence.mark.decode(), max_rate=max_rate)
        command = (*foldbase(), "projector", "--fill", order.model_dump_json())
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=chosen)

    return start

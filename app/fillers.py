"""Starting processes that share a rebuild: `foldbase projector`, told what to fill. See app/filling.py."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from pydantic import BaseModel

from app.environment import environment
from app.settings import Settings
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
        command = (*_foldbase(), "projector", "--fill", order.model_dump_json())
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=chosen)

    return start


def _foldbase() -> tuple[str, str]:
    """The command `foldbase` of this installation, so that a list of processes says `foldbase projector`."""
    called = Path(sys.argv[0]).absolute()
    beside = Path(sys.executable).with_name("foldbase")
    return sys.executable, str(called if called.name == "foldbase" and called.is_file() else beside)

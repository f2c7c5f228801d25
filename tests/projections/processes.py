"""Projectors in processes of their own, which can be killed and stopped for good reasons and for none."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings import Settings
from tests.deployments import FOLDBASE
from tests.projections.world import World, until


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process of the deployment that `settings` describe."""
    return {
        **os.environ,
        "FOLDBASE_MONGO_URL": settings.mongo_url,
        "FOLDBASE_REDIS_URL": settings.redis_url,
        "FOLDBASE_DATABASE": settings.database,
        "FOLDBASE_PARTITIONS": str(settings.partitions),
    }


@asynccontextmanager
async def projector_process(world: World, *command: str) -> AsyncIterator[Process]:
    """`foldbase projector`, or another command, heard of if it is a projector; killed afterwards."""
    process = await asyncio.create_subprocess_exec(
        *(FOLDBASE, *(command or ("projector",))),
        env=environment(world.built.settings),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        if not command:
            await until(lambda: is_heard_of(world, process.pid), 30)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()


async def is_heard_of(world: World, pid: int) -> bool:
    """Whether the projector with this process id told of itself lately."""
    return any(beat.name.endswith(f"-{pid}") for beat in await world.built.heartbeats.alive())


async def shares(world: World) -> dict[int, int]:
    """How many partitions each projector has, by process id."""
    owners = (await world.redis.hgetall(world.layout.leases)).values()
    pids = [int(owner.rpartition(b"-")[2]) for owner in owners]
    return {pid: pids.count(pid) for pid in pids}


async def states_of(world: World, pid: int) -> list[str]:
    """The states that one projector tells."""
    beats = [beat for beat in await world.built.heartbeats.alive() if beat.name.endswith(f"-{pid}")]
    return [part.state.value for beat in beats for part in beat.partitions]

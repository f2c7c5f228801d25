"""Rebuilds as an operator runs them, and what they make in Redis."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from projections.checkpoint import read_checkpoint
from projections.client import RedisClient
from projections.generation import read_generation
from projections.layout import BY_CREATION, Layout
from tests.deployments import FOLDBASE
from tests.faults.stage import Stage

LAYOUT = Layout("foldbase")
LOOK_EVERY = 0.005
SLOW = 400
"""Commits a second of a rebuild that is to be met in the middle."""


@dataclass(frozen=True)
class Projection:
    """Every byte of one generation, and its number."""

    generation: int
    rows: dict[bytes, bytes]
    index: list[bytes]

    @classmethod
    def live(cls, redis: RedisClient, collection: str) -> "Projection":
        """The one that readers see."""
        number = read_generation(redis.hget(LAYOUT.live.generations, collection)).number
        rows, index = LAYOUT.rows(collection, number), LAYOUT.index(collection, number, BY_CREATION)
        return cls(number, redis.hgetall(rows), redis.zrange(index, 0, -1))


@asynccontextmanager
async def rebuild(stage: Stage, collection: str, *options: str) -> AsyncIterator[Process]:
    """`foldbase rebuild`, on its way; killed afterwards if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(FOLDBASE, "rebuild", collection, "--data", str(stage.up.folder), *options), stdout=DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def rebuild_in_the_middle(stage: Stage, redis: RedisClient, collection: str) -> AsyncIterator[Process]:
    """A slow one, while its projector stands still in the middle; one that was too quick is begun again."""
    while True:
        async with rebuild(stage, collection, "--max-rate", str(SLOW)) as process:
            while process.returncode is None:
                if _caught_in_the_middle(stage, redis, collection):
                    yield process
                    return
                await asyncio.sleep(LOOK_EVERY)


def being_built(redis: RedisClient, collection: str) -> int:
    """The number of the generation that a rebuild fills."""
    return read_generation(redis.hget(LAYOUT.build(collection).generations, collection)).number


def _caught_in_the_middle(stage: Stage, redis: RedisClient, collection: str) -> bool:
    if not _in_the_middle(redis, collection):
        return False
    [projector] = stage.up.pids["projector"]
    os.kill(projector, signal.SIGSTOP)
    if _in_the_middle(redis, collection):
        return True
    os.kill(projector, signal.SIGCONT)
    return False


def _in_the_middle(redis: RedisClient, collection: str) -> bool:
    built = read_checkpoint(redis.get(LAYOUT.build(collection).checkpoint(0)))
    live = read_checkpoint(redis.get(LAYOUT.live.checkpoint(0)))
    return built is not None and live is not None and 0 < built.position < live.position

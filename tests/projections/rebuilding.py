"""Rebuilds of a test: what is there to rebuild, who changes it meanwhile, and how far one is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from app.forking_fillers import forking_fillers
from app.projecting import projector_of
from commands.documents import MergePatch
from events.background import Background, end
from projections.jobs import Job
from tests.projections.histories import write
from tests.projections.world import World, until

BREATH = 0.01
"""Seconds that a writer rests between two bursts: without a rest it takes what the projectors need."""
STANDING = [f"always-{n}" for n in range(20)]


async def filled(world: World) -> None:
    """Documents that stay, and a history around them."""
    await world.declare("orders", "users")
    await world.create("orders", STANDING)
    await write(world, Random(1), 60)


@asynccontextmanager
async def writing(world: World, breath: float = BREATH) -> AsyncIterator[None]:
    """Documents change all the time, in both collections; when the block ends, nothing is on its way any more.

    breath: seconds between two bursts.
    """
    ended = asyncio.Event()

    async def change() -> None:
        random = Random(2)
        while not ended.is_set():
            await world.write("orders", random.choice(STANDING), MergePatch({"n": random.random()}))
            await write(world, random, 2)
            await asyncio.sleep(breath)

    async with Background() as background:
        background.start(change(), "change")
        yield
        ended.set()
        await background.wait()


@asynccontextmanager
async def crewed(world: World) -> AsyncIterator[None]:
    """A projector runs that may start other processes."""
    with forking_fillers(world.built.settings) as forks:
        task = asyncio.create_task(projector_of(world.built.stores, forks).run())
        try:
            yield
        finally:
            await end([task])


async def job_of(world: World, collection: str = "orders") -> Job:
    """The last rebuild."""
    return (await world.built.jobs.all())[collection]


async def until_it_is(world: World, state: str) -> Job:
    """Wait until the rebuild of the orders is so."""

    async def is_so() -> bool:
        return (await job_of(world)).state == state

    await until(is_so)
    return await job_of(world)


async def has_begun(world: World) -> bool:
    """Whether the rebuild of the orders has applied something."""
    return (await job_of(world)).done > 0


async def is_free(world: World) -> bool:
    """Whether nobody works on the rebuild of the orders."""
    return not await world.redis.exists(f"{world.layout.build('orders').base}:lease")


async def rows_of(world: World, generation: int) -> dict[bytes, bytes]:
    """The rows of a generation of the orders."""
    return dict(await world.redis.hgetall(world.layout.rows("orders", generation)))


async def kept_equals_live(world: World) -> None:
    """What is kept of the orders is what is live, row by row."""
    live, kept = await world.built.generations.live(), await world.built.generations.kept()
    assert kept["orders"] != live["orders"]
    assert await rows_of(world, kept["orders"]) == await rows_of(world, live["orders"])

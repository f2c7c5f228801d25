"""Random histories: everything that may happen to few documents of two collections, and who watches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from commands.documents import Command, Create, Delete, MergePatch, Put, Restore
from events.background import end
from tests.projections.oracle import Moment, folded, only_filled, seen
from tests.projections.world import World

COLLECTIONS = ("orders", "users")
IDS = ("ada", "bob", "cyd", "dan")
PLAIN: tuple[Any, ...] = (None, True, 0, -1, 2**53 + 1, 0.1, -0.0, 1e300, "", "ä\u2028\U0001f600")
VALUES = (*PLAIN, [1, [2.0, {}]], ["x", 1, 1.0, None], {"": {"a.b": []}})
MOMENTS = ("2013-01-02T04:59:59.9Z", "2013-01-02T06:00:00+01:00", "2013-01-02", "2013-01-32", None)


def command(random: Random) -> Command:
    """Any command; it may well be refused."""
    body = {
        name: random.choice(VALUES) for name in random.sample(("a", "b", "c", "d", "n"), random.randrange(5))
    }
    if random.random() < 0.7:
        body["at"] = random.choice(MOMENTS)
    kinds = (Create(body), Put(body), MergePatch(body), MergePatch(body), Delete(), Restore())
    return random.choice(kinds)


async def write(world: World, random: Random, count: int) -> None:
    """Write `count` random commands, in bursts."""
    while count > 0:
        burst = min(count, random.randint(1, 8))
        await asyncio.gather(
            *(
                world.attempt(random.choice(COLLECTIONS), random.choice(IDS), command(random))
                for _ in range(burst)
            )
        )
        count -= burst


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[list[Moment]]:
    """Look at what readers could see, again and again; at the end every moment was a fold of the log."""
    moments: list[Moment] = []

    async def watch() -> None:
        while True:
            moment = await seen(world)
            if moment.checkpoints not in [known.checkpoints for known in moments]:
                moments.append(moment)
            await asyncio.sleep(0.002)

    task = asyncio.create_task(watch())
    try:
        yield moments
    finally:
        await end([task])
    for moment in moments:
        await assert_is_fold(world, moment)


async def assert_is_fold(world: World, moment: Moment) -> None:
    """What was seen is the fold of the log up to where it stood, or nothing at all was to be seen."""
    stands = [stand for stand in moment.checkpoints if stand is not None]
    if len(stands) < world.log.partitions:
        assert not stands
        return
    assert only_filled(moment.kept) == await folded(world, stands, moment.shapes)

"""Storms: any message of any writer may be lost or late, and every append ends well all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from random import Random

import pytest

from app.embedded import Running
from events.commit import Commit, NewCommit
from events.log import EventLog
from events.store import Database
from tests.events.batches import assert_whole
from tests.events.commits import everything, new
from tests.events.logs import IMPATIENT, another
from tests.events.racing import collide, followed
from tests.events.wire import Fate, Wire, wire_to
from tests.examples import seeds

WRITERS, EACH, AT_ONCE, SPOILED = 2, 120, 12, 30
AT_SEA = ("insert", "find", "delete", "commitTransaction", "abortTransaction")


class Storm:
    """Weather that spoils one message in three, until it has spoiled 30."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left = SPOILED

    def __call__(self, kind: str) -> Fate:
        """The fate of the next message."""
        if self._left == 0 or not kind.startswith(AT_SEA) or self._random.random() > 0.33:
            return Fate.PASSED
        self._left -= 1
        return self._random.choice([Fate.LOST, Fate.ANSWER_LOST, Fate.LATE])

    @property
    def is_over(self) -> bool:
        """Whether it has spoiled all it could."""
        return self._left == 0


@asynccontextmanager
async def tide(wire: Wire, random: Random) -> AsyncIterator[None]:
    """While the block runs, and at its end, what is late is delivered after all."""

    async def bring() -> None:
        while True:
            await asyncio.sleep(random.random() / 20)
            if wire.late:
                await wire.deliver()

    task = asyncio.create_task(bring())
    try:
        yield
    finally:
        task.cancel()
        while wire.late:
            await wire.deliver()


def batch_of(writer: int, number: int, random: Random) -> list[NewCommit]:
    """Commits of streams of their own, mostly one; one in four takes a claim of its own."""
    names = [f"orders/{writer}-{number}-{n}" for n in range(random.choice((1, 1, 1, 1, 1, 1, 2, 5)))]
    return [new(name, taken=(f"orders/number/{name}",) if random.random() < 0.25 else ()) for name in names]


async def write(log: EventLog, batches: list[list[NewCommit]]) -> list[Commit]:
    """Append all batches, 12 at a time."""
    waiting, written = iter(batches), list[Commit]()

    async def append_each() -> None:
        for batch in waiting:
            written.extend(await log.append_together(batch))

    await asyncio.gather(*(append_each() for _ in range(AT_ONCE)))
    return written


@asynccontextmanager
async def at_sea(mongod: Running, database: Database, storm: Storm, random: Random) -> AsyncIterator[EventLog]:
    """A log whose messages go through the storm."""
    async with (
        wire_to(mongod.url) as wire,
        another(wire.url, database.name, patience=60, **IMPATIENT) as log,
        tide(wire, random),
    ):
        wire.weather = storm
        yield log


@pytest.mark.usefixtures("wire")
@seeds(1)
async def test_every_append_of_a_storm_is_stored_once(
    seed: int, mongod: Running, database: Database, direct: EventLog
) -> None:
    random = Random(seed)
    storms = [Storm(random) for _ in range(WRITERS)]
    batches = [[batch_of(writer, n, random) for n in range(EACH)] for writer in range(WRITERS)]
    wanted = [new for each in batches for batch in each for new in batch]
    async with AsyncExitStack() as stack:
        seen = await stack.enter_async_context(followed(direct))
        logs = [await stack.enter_async_context(at_sea(mongod, database, storm, random)) for storm in storms]
        outcomes = await collide(*(partial(write, *each) for each in zip(logs, batches, strict=True)))
    assert sorted(commit for written in outcomes if isinstance(written, list) for commit in written) == seen
    assert await everything(direct) == seen
    assert_whole(seen)
    assert {commit.stream for commit in seen} == {new.stream for new in wanted}
    assert all(storm.is_over for storm in storms)
    claims = {claim["_id"]: claim["stream"] async for claim in database["claims"].find()}
    assert claims == {claim: new.stream for new in wanted for claim in new.taken}

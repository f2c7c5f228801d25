"""Callers at one time share batches: a few go together, and of many, nearly all."""

import asyncio
from statistics import median

from events.batch import Append
from events.crowd import CROWD, SHARE
from events.position import Position
from events.store import Database
from events.writer import MongoWriter
from tests.events.commits import new
from tests.events.stalling import appender_on, on_its_way

TIMES = 30
TURNS = 8
"""At most so many turns of the event loop does a caller take from an answer to its next append."""


class NotingWriter(MongoWriter):
    """A real writer that notes how many appends it was given at one time."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, 0)
        self.sizes: list[int] = []

    async def insert(self, batch: list[Append], first: Position) -> None:
        """See appender.Writer."""
        self.sizes.append(len(batch))
        await super().insert(batch, first)


async def _sizes(database: Database, callers: int) -> list[int]:
    """The sizes of batches where so many callers append one thing after the other, the first few left out."""
    writer = NotingWriter(database)
    async with appender_on(writer) as appender:

        async def call(caller: int) -> None:
            for number in range(TIMES):
                for _ in range(caller % TURNS):
                    await asyncio.sleep(0)
                append = on_its_way(new(f"{callers}-{caller}-{number}"))
                appender.put(append)
                await append.outcome

        await asyncio.gather(*(call(caller) for caller in range(callers)))
    return writer.sizes[3:]


async def test_a_few_callers_go_together(database: Database) -> None:
    callers = CROWD // 4
    assert median(await _sizes(database, callers)) == callers


async def test_of_many_callers_nearly_all_go_together(database: Database) -> None:
    callers = 4 * CROWD
    assert median(await _sizes(database, callers)) >= int(callers * SHARE)

"""The write side as a process of its own has it (connection, log, caches, executor), and races of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, monitoring
from pymongo.asynchronous.database import AsyncDatabase

from catalog.declared import Declared
from commands.condition import ANY, Condition
from commands.documents import Command, Create
from commands.execution import Executor
from commands.snapshots import Snapshots
from commands.states import States
from commands.writing import DocumentCommands, Written
from events.errors import FoldbaseError
from events.log import EventLog

T = TypeVar("T")
ACTOR = "user:ada"


@dataclass(frozen=True)
class Process:
    """What one API worker writes with."""

    database: AsyncDatabase[dict[str, Any]]
    log: EventLog
    states: States
    snapshots: Snapshots
    executor: Executor
    commands: DocumentCommands
    watched: "Watched"

    async def write(self, declared: Declared, id: str, command: Command, condition: Condition = ANY) -> Written:
        """Execute a command on one document."""
        is_new = isinstance(command, Create)
        return await self.commands.write(declared, id, command, actor=ACTOR, condition=condition, is_new=is_new)

    async def drop(self) -> None:
        """Take away all that was written."""
        await self.database.client.drop_database(self.database.name)


class Watched(monitoring.CommandListener):
    """Counts the documents a process reads, by collection."""

    def __init__(self) -> None:
        self.read: dict[str, int] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Of no interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Of no interest."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count what a cursor brought."""
        cursor = event.reply.get("cursor")
        if cursor is not None:
            name = cursor["ns"].partition(".")[2]
            batch = cursor.get("firstBatch", cursor.get("nextBatch", ()))
            self.read[name] = self.read.get(name, 0) + len(batch)


@asynccontextmanager
async def process(
    url: str, database: str, *, every: int = 100, cached: int = 10_000, partitions: int = 1
) -> AsyncIterator[Process]:
    """A process that writes to `database`."""
    watched = Watched()
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url, tz_aware=True, event_listeners=[watched])
    log = await EventLog.open(client[database], partitions=partitions)
    snapshots = Snapshots(client[database], every)
    states = States(log, snapshots, cached)
    executor = Executor(log, states)
    try:
        yield Process(
            client[database], log, states, snapshots, executor, DocumentCommands(log, executor), watched
        )
    finally:
        await snapshots.close()
        await log.close()
        await client.close()


async def collide(*attempts: Callable[[], Awaitable[T]]) -> list[T | FoldbaseError]:
    """Begin all attempts at one moment; what each returned, or the error it ended in."""
    barrier = asyncio.Barrier(len(attempts))

    async def run(attempt: Callable[[], Awaitable[T]]) -> T | FoldbaseError:
        await barrier.wait()
        try:
            return await attempt()
        except FoldbaseError as error:
            return error

    return await asyncio.gather(*map(run, attempts))

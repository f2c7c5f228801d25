"""Load: clients that write and read, and note all they did and were told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from tests.events.racing import until
from tests.faults.connection import Address, Connection
from tests.faults.history import History
from tests.faults.readers import Reader
from tests.faults.writers import Writer

WRITERS, READERS = 6, 3
BUSY, BRISK, CALM = 0.0, 0.1, 0.5
"""Seconds a client thinks at most: until something breaks, while it must go on, and while it may wait."""

PATIENCE = 60.0


class Load:
    """A load that is on."""

    def __init__(self, history: History, address: Address, token: str) -> None:
        self.history = history
        self._random = Random(history.seed)
        self._connections = [Connection(address) for _ in range(WRITERS + READERS)]
        self.writers = [
            Writer(f"w{n}", history, connection, token)
            for n, connection in enumerate(self._connections[:WRITERS])
        ]
        self.readers = [
            Reader(f"r{n}", history, connection, token)
            for n, connection in enumerate(self._connections[WRITERS:])
        ]

    def move(self, address: Address) -> None:
        """Let every client go on with the API at `address`."""
        for connection in self._connections:
            connection.address = address

    async def gets_going(self) -> None:
        """Return at a moment that the seed chooses, in the middle of everything.

        Up to then the clients do what they can; afterwards they are calm.
        """
        await self._serves(BUSY, self._random.randrange(40, 160), self._random.randrange(10, 50))

    async def goes_on(self, writes: int = 40, reads: int = 20) -> None:
        """Return when so many more writes and reads were served, two at least by every client."""
        await self._serves(BRISK, writes, reads)

    def stop(self) -> None:
        """Let every client begin nothing new."""
        for client in (*self.writers, *self.readers):
            client.stopping = True

    def hang_up(self) -> None:
        """Close all connections."""
        for connection in self._connections:
            connection.close()

    async def _serves(self, thought: float, writes: int, reads: int) -> None:
        self._think(thought)
        clients = (*self.writers, *self.readers)
        goals = [client.served + 2 for client in clients]
        written, read = self._written() + writes, self._read() + reads
        await until(
            lambda: (
                self._written() >= written
                and self._read() >= read
                and all(client.served >= goal for client, goal in zip(clients, goals, strict=True))
            ),
            PATIENCE,
        )
        self._think(CALM)

    def _think(self, thought: float) -> None:
        for client in (*self.writers, *self.readers):
            client.thought = thought

    def _written(self) -> int:
        return sum(writer.served for writer in self.writers)

    def _read(self) -> int:
        return sum(reader.served for reader in self.readers)


@asynccontextmanager
async def loaded(history: History, address: Address, token: str) -> AsyncIterator[Load]:
    """A load for as long as the block runs; when it ends, every answer is waited for."""
    load = Load(history, address, token)
    try:
        async with asyncio.TaskGroup() as clients:
            for client in (*load.writers, *load.readers):
                clients.create_task(client.run(), name=client.name)
            yield load
            load.stop()
    finally:
        load.hang_up()

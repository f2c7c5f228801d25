"""A client of a load: one connection, one thing after another."""

import asyncio
from abc import ABC, abstractmethod
from random import Random

from tests.faults.connection import Connection
from tests.faults.history import History

PAUSE = 0.02


class Client(ABC):
    """Takes its turns until `stopping`, with at most `thought` seconds between them.

    served: how many of them went well.
    """

    def __init__(self, name: str, history: History, connection: Connection, token: str) -> None:
        self.name = name
        self.served = 0
        self.thought = 0.0
        self.stopping = False
        self._history = history
        self._connection = connection
        self._random = Random(f"{history.seed} {name}")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._path = f"/v1/documents/{history.collection}"

    async def run(self) -> None:
        """Take turns; after one that went wrong, take a breath."""
        while not self.stopping:
            served = await self.turn()
            self.served += served
            await asyncio.sleep(self._random.uniform(0, self.thought) if served else PAUSE)

    @abstractmethod
    async def turn(self) -> bool:
        """Do one thing; whether it was served."""

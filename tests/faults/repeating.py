"""A client that gives every request a key of its own, and sends it until it is answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.events.racing import until
from tests.faults.connection import Answer, Connection, Unanswered, request
from tests.faults.stage import Stage

PAUSE = 0.05
BRISK, CALM = 0.02, 0.3
"""Seconds between two requests: until enough were answered, and while others are waited for."""

AGAIN = {409, 503}
"""Under way, or nobody can say yet: send it again."""


class Asked(NamedTuple):
    """What a request asks for."""

    method: str
    path: str
    body: Any


@dataclass
class Repeating:
    """Asks for one thing after the other. `answers` are by key; `repeated`: how often something was sent again;
    `thought`: seconds between an answer and the next request.

    asked: what the n-th request (1, 2, 3…) asks for under its key.
    """

    name: str
    stage: Stage
    asked: Callable[[int, str], Asked]
    answers: dict[str, Answer] = field(default_factory=dict)
    repeated: int = 0
    stopping: bool = False
    thought: float = BRISK

    async def run(self) -> None:
        """Until `stopping`."""
        connection = Connection(self.stage.address)
        number = 0
        while not self.stopping:
            number += 1
            key = f"{self.name}-{number}"
            self.answers[key] = await self._until_answered(connection, key, self.asked(number, key))
            await asyncio.sleep(self.thought)
        connection.close()

    async def _until_answered(self, connection: Connection, key: str, asked: Asked) -> Answer:
        headers = {"Authorization": f"Bearer {self.stage.token}", "Idempotency-Key": key}
        sent = request(asked.method, asked.path, headers, asked.body)
        while True:
            try:
                answer = await connection.ask(sent)
            except Unanswered:
                answer = None
            if answer is not None and answer.status not in AGAIN:
                return answer
            self.repeated += 1
            await asyncio.sleep(PAUSE)


async def answered(*goals: tuple[Sequence[Repeating], int]) -> None:
    """Return when each group had so many more answers. Up to then all clients are brisk, afterwards calm."""
    counts = [(working, _answers(working) + more) for working, more in goals]
    _think(goals, BRISK)
    await until(lambda: all(_answers(working) >= count for working, count in counts), 40)
    _think(goals, CALM)


def _answers(working: Sequence[Repeating]) -> int:
    return sum(len(each.answers) for each in working)


def _think(goals: Sequence[tuple[Sequence[Repeating], int]], thought: float) -> None:
    for working, _ in goals:
        for each in working:
            each.thought = thought

"""Idempotency keys under kill -9: who sends a request until it is answered has one effect, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pymongo import AsyncMongoClient

from events.position import NO_STREAM
from tests.events.racing import until
from tests.faults.connection import Answer, Connection, Unanswered, request
from tests.faults.stage import Stage

CLIENTS = 6
PAUSE = 0.02
AGAIN = {409, 503}
"""Under way, or nobody can say yet: send it again."""


@dataclass
class Client:
    """Sends request after request, each with a key of its own, each until it is answered."""

    name: str
    stage: Stage
    answers: dict[str, Answer] = field(default_factory=dict)
    repeated: int = 0
    stopping: bool = False

    async def run(self) -> None:
        """Until `stopping`: documents one by one, and pairs of them in atomic batches."""
        connection = Connection(self.stage.address)
        number = 0
        while not self.stopping:
            number += 1
            key = f"{self.name}-{number}"
            single = {"by": key}
            pair = {"atomic": True, "commands": [_create(key), _create(key)]}
            path, body = ("/v1/documents/keyed", single) if number % 2 else ("/v1/batch", pair)
            self.answers[key] = await self._until_answered(connection, path, key, body)
        connection.close()

    async def _until_answered(self, connection: Connection, path: str, key: str, body: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.stage.token}", "Idempotency-Key": key}
        while True:
            try:
                answer = await connection.ask(request("POST", path, headers, body))
            except Unanswered:
                answer = None
            if answer is not None and answer.status not in AGAIN:
                return answer
            self.repeated += 1
            await asyncio.sleep(PAUSE)


def _create(key: str) -> dict[str, Any]:
    return {"command": "create", "collection": "keyed", "body": {"by": key}}


@asynccontextmanager
async def clients(stage: Stage) -> AsyncIterator[list[Client]]:
    """Clients at work for as long as the block runs; in the end every request of theirs is answered."""
    async with stage.asking() as asking:
        await asking.connection.ask(
            request("PUT", "/v1/collections/keyed", {"Authorization": f"Bearer {stage.token}"}, {})
        )
    working = [Client(f"client{number}-{id(stage)}", stage) for number in range(CLIENTS)]
    async with asyncio.TaskGroup() as tasks:
        for client in working:
            tasks.create_task(client.run())
        yield working
        for client in working:
            client.stopping = True


async def test_every_request_has_one_effect_and_its_own_answer(stage: Stage) -> None:
    async with clients(stage) as working:
        for victims in (("api",), ("mongod",), ("api", "mongod")):
            await _answered(working, 60)
            await stage.replaced(stage.kill(*victims))
        await _answered(working, 60)
    assert sum(client.repeated for client in working) > 0
    told: dict[str, Answer] = {}
    for client in working:
        told |= client.answers
    assert {answer.status for answer in told.values()} == {200, 201}
    made: dict[str, set[str]] = {}
    async with AsyncMongoClient[dict[str, Any]](stage.mongo) as mongo:
        kept = mongo["foldbase"]["commits"].find({"stream": {"$gt": "keyed/", "$lt": "keyed0"}})
        async for commit in kept:
            assert commit["version"] == NO_STREAM + 1
            made.setdefault(commit["events"][0]["data"]["by"], set()).add(commit["stream"].split("/")[1])
    assert made == {key: _ids(answer) for key, answer in told.items()}


async def _answered(working: list[Client], more: int) -> None:
    """Return when so many more requests were answered."""
    goal = sum(len(client.answers) for client in working) + more
    await until(lambda: sum(len(client.answers) for client in working) >= goal, 40)


def _ids(answer: Answer) -> set[str]:
    body = answer.json
    return {body["id"]} if "id" in body else {result["id"] for result in body["results"]}

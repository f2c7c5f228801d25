"""Idempotency keys under kill -9: who sends a request until it is answered has one effect, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient

from events.position import NO_STREAM
from tests.faults.connection import Answer, request
from tests.faults.repeating import Asked, Repeating, answered
from tests.faults.stage import Stage

CLIENTS = 6


def _single_or_pair(number: int, key: str) -> Asked:
    """Documents one by one, and pairs of them in atomic batches."""
    if number % 2:
        return Asked("POST", "/v1/documents/keyed", {"by": key})
    return Asked("POST", "/v1/batch", {"atomic": True, "commands": [_create(key), _create(key)]})


def _create(key: str) -> dict[str, Any]:
    return {"command": "create", "collection": "keyed", "body": {"by": key}}


@asynccontextmanager
async def clients(stage: Stage) -> AsyncIterator[list[Repeating]]:
    """Clients at work for as long as the block runs; in the end every request of theirs is answered."""
    async with stage.asking() as asking:
        await asking.connection.ask(
            request("PUT", "/v1/collections/keyed", {"Authorization": f"Bearer {stage.token}"}, {})
        )
    working = [Repeating(f"client{number}-{id(stage)}", stage, _single_or_pair) for number in range(CLIENTS)]
    async with asyncio.TaskGroup() as tasks:
        for client in working:
            tasks.create_task(client.run())
        yield working
        for client in working:
            client.stopping = True


async def test_every_request_has_one_effect_and_its_own_answer(stage: Stage) -> None:
    async with clients(stage) as working:
        for victims in (("api",), ("mongod",), ("api", "mongod")):
            await answered(working, 60)
            await stage.replaced(stage.kill(*victims))
        await answered(working, 60)
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


def _ids(answer: Answer) -> set[str]:
    body = answer.json
    return {body["id"]} if "id" in body else {result["id"] for result in body["results"]}

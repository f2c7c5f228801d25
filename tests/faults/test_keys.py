"""Idempotency keys under kill -9: who sends a request until it is answered has one effect, whatever happens."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest_asyncio
from pymongo import AsyncMongoClient

from events.position import NO_STREAM
from tests.faults.connection import Answer
from tests.faults.repeating import Asked, Repeating, answered
from tests.faults.stage import Stage

WRITERS, OPERATORS = 6, 4
WRITTEN, DECLARED = 50, 12


class Worked(NamedTuple):
    """Clients that have worked while one process after the other was killed: all they asked for is answered."""

    writers: Sequence[Repeating]
    operators: Sequence[Repeating]


def _single_or_pair(number: int, key: str) -> Asked:
    """Documents one by one, and pairs of them in atomic batches."""
    if number % 2:
        return Asked("POST", "/v1/documents/keyed", {"by": key})
    return Asked("POST", "/v1/batch", {"atomic": True, "commands": [_create(key), _create(key)]})


def _create(key: str) -> dict[str, Any]:
    return {"command": "create", "collection": "keyed", "body": {"by": key}}


def _declaration(_: int, key: str) -> Asked:
    """Of one collection, and always another one."""
    return Asked("PUT", "/v1/collections/declared", {"schema": {"title": key}})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worked(stage: Stage) -> Worked:
    """Writers and operators, who were at work at one time."""
    async with stage.asking() as asking:
        assert (await asking.ask("PUT", "/v1/collections/keyed", {})).status == 201
    worked = Worked(
        [Repeating(f"writer{number}", stage, _single_or_pair) for number in range(WRITERS)],
        [Repeating(f"operator{number}", stage, _declaration) for number in range(OPERATORS)],
    )
    everybody = (*worked.writers, *worked.operators)
    more = (worked.writers, WRITTEN), (worked.operators, DECLARED)
    async with asyncio.TaskGroup() as tasks:
        for each in everybody:
            tasks.create_task(each.run())
        for victims in (("api",), ("mongod",), ("api", "mongod")):
            await answered(*more)
            await stage.replaced(stage.kill(*victims))
        await answered(*more)
        for each in everybody:
            each.stopping = True
    return worked


async def test_every_request_has_one_effect_and_its_own_answer(stage: Stage, worked: Worked) -> None:
    assert sum(each.repeated for each in worked.writers) > 0
    told = _told(worked.writers)
    assert {answer.status for answer in told.values()} == {200, 201}
    made: dict[str, set[str]] = {}
    async with AsyncMongoClient[dict[str, Any]](stage.mongo) as mongo:
        kept = mongo["foldbase"]["commits"].find({"stream": {"$gt": "keyed/", "$lt": "keyed0"}})
        async for commit in kept:
            assert commit["version"] == NO_STREAM + 1
            made.setdefault(commit["events"][0]["data"]["by"], set()).add(commit["stream"].split("/")[1])
    assert made == {key: _ids(answer) for key, answer in told.items()}


async def test_every_declaration_is_made_once_and_has_its_own_answer(stage: Stage, worked: Worked) -> None:
    assert sum(each.repeated for each in worked.operators) > 0
    told = _told(worked.operators)
    assert [answer.status for answer in told.values() if answer.status != 200] == [201]
    for key, answer in told.items():
        assert answer.json["schema"] == {"title": key}
    revisions = sorted(answer.json["_meta"]["revision"] for answer in told.values())
    assert revisions == list(range(1, len(told) + 1))
    async with stage.asking() as asking:
        declared = (await asking.ask("GET", "/v1/collections")).json["items"]
    [last] = [each for each in declared if each["name"] == "declared"]
    assert last["_meta"]["revision"] == len(told)


def _told(working: Sequence[Repeating]) -> dict[str, Answer]:
    return {key: answer for each in working for key, answer in each.answers.items()}


def _ids(answer: Answer) -> set[str]:
    body = answer.json
    return {body["id"]} if "id" in body else {result["id"] for result in body["results"]}

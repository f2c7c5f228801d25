"""Keyed declarations under kill -9: each is made once, whatever comes in between, and is answered."""

import asyncio

from tests.faults.repeating import Asked, Repeating, answered
from tests.faults.stage import Stage

PATH = "/v1/collections/declared"
CLIENTS = 4
MORE = 30


def _declaration(_: int, key: str) -> Asked:
    """Of one collection, and always another one."""
    return Asked("PUT", PATH, {"schema": {"title": key}})


async def test_every_declaration_is_made_once_and_has_its_own_answer(stage: Stage) -> None:
    working = [Repeating(f"operator{number}", stage, _declaration) for number in range(CLIENTS)]
    async with asyncio.TaskGroup() as tasks:
        for each in working:
            tasks.create_task(each.run())
        for victims in (("api",), ("mongod",), ("api", "mongod")):
            await answered(working, MORE)
            await stage.replaced(stage.kill(*victims))
        await answered(working, MORE)
        for each in working:
            each.stopping = True
    assert sum(each.repeated for each in working) > 0
    told = {key: answer for each in working for key, answer in each.answers.items()}
    assert [answer.status for answer in told.values() if answer.status != 200] == [201]
    for key, answer in told.items():
        assert answer.json["schema"] == {"title": key}
    revisions = sorted(answer.json["_meta"]["revision"] for answer in told.values())
    assert revisions == list(range(1, len(told) + 1))
    async with stage.asking() as asking:
        declared = (await asking.ask("GET", "/v1/collections")).json["items"]
    [last] = [each for each in declared if each["name"] == "declared"]
    assert last["_meta"]["revision"] == len(told)

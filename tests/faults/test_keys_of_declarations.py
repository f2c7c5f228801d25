"""Keyed declarations under kill -9: each is made once, whatever comes in between, and is answered."""

import asyncio
from dataclasses import dataclass, field

from tests.events.racing import until
from tests.faults.connection import Answer, Connection, Unanswered, request
from tests.faults.stage import Stage

PATH = "/v1/collections/declared"
CLIENTS = 4
MORE = 30
PAUSE = 0.02
AGAIN = {409, 503}
"""Under way, or nobody can say yet: send it again."""


@dataclass
class Declaring:
    """Declares one collection again and again, always otherwise, each time until it is answered."""

    name: str
    stage: Stage
    answers: dict[str, Answer] = field(default_factory=dict)
    repeated: int = 0
    stopping: bool = False

    async def run(self) -> None:
        """Until `stopping`."""
        connection = Connection(self.stage.address)
        number = 0
        while not self.stopping:
            number += 1
            key = f"{self.name}-{number}"
            self.answers[key] = await self._until_answered(connection, key)
        connection.close()

    async def _until_answered(self, connection: Connection, key: str) -> Answer:
        headers = {"Authorization": f"Bearer {self.stage.token}", "Idempotency-Key": key}
        asked = request("PUT", PATH, headers, {"schema": {"title": key}})
        while True:
            try:
                answer = await connection.ask(asked)
            except Unanswered:
                answer = None
            if answer is not None and answer.status not in AGAIN:
                return answer
            self.repeated += 1
            await asyncio.sleep(PAUSE)


async def test_every_declaration_is_made_once_and_has_its_own_answer(stage: Stage) -> None:
    working = [Declaring(f"operator{number}", stage) for number in range(CLIENTS)]
    async with asyncio.TaskGroup() as tasks:
        for each in working:
            tasks.create_task(each.run())
        for victims in (("api",), ("mongod",), ("api", "mongod")):
            await _answered(working, MORE)
            await stage.replaced(stage.kill(*victims))
        await _answered(working, MORE)
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


async def _answered(working: list[Declaring], more: int) -> None:
    """Return when so many more declarations were answered."""
    goal = sum(len(each.answers) for each in working) + more
    await until(lambda: sum(len(each.answers) for each in working) >= goal, 40)

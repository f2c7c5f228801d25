"""Batches: up to 1,000 commands in one request, all or nothing where that is asked for."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.errors import ConditionRequired
from app.problems import problem_of, told
from app.routes import reading
from app.routes.access import Access
from app.routes.answering import bytes_answer
from app.routes.app import App
from app.routes.asking import Asked, asked
from app.routes.batch_body import Asked as Command
from app.routes.batch_body import read_batch
from app.routes.preferring import applied
from catalog.declared import Declared
from catalog.errors import CatalogError
from commands.batch import Ids, Outcome, run
from commands.condition import ANY
from commands.errors import CommandRefused
from commands.ids import new_id
from commands.writing import Write, Written
from events.document import Present
from events.errors import FoldbaseError
from events.position import partition_of

MULTI_STATUS = 207
_REFUSALS = (FoldbaseError, CatalogError)


class BatchRoutes:
    """The route /v1/batch."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        self._access = access
        self._catalog = deployment.catalog
        self._commands = deployment.commands
        self._queries = deployment.queries
        self._auto_declare = deployment.settings.auto_declare

    def register(self, app: App) -> None:
        """Add the route to `app`."""
        app.add_route(self.batch, "/v1/batch", methods=["POST"], name="batch_execute")

    async def batch(self, request: Request) -> HTTPResponse:
        """POST several commands; each has its own outcome, or all of them one."""
        asks = asked(request, self._access)
        atomic, commands = read_batch(reading.json_body(request))
        with self._commands.under_way(asks.key):
            if atomic:
                return self._answer(asks, await self._together(asks, commands))
            return self._answer(asks, await self._one_by_one(asks, commands))

    async def _one_by_one(self, asks: Asked, commands: Sequence[Command]) -> list[Outcome]:
        is_marked = asks.key is None or await self._commands.is_marked(asks.key, len(commands))

        async def execute(place: int, ids: Ids) -> Written:
            write = await self._write(commands[place], ids)
            key = None if asks.key is None else asks.key.part(place)
            return await self._commands.execute(write, actor=asks.actor, key=key, trace=asks.trace)

        entries = [command.entry for command in commands]
        outcomes = await run(entries, execute)
        if asks.key is not None and not is_marked:
            for entry, outcome in zip(entries, outcomes, strict=True):
                if isinstance(outcome, Written):
                    await self._commands.mark(asks.key, entry.collection, outcome, actor=asks.actor)
                    break
        return outcomes

    async def _together(self, asks: Asked, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Raises CommandRefused."""
        writes: list[Write] = []
        ids: list[str | None] = []
        for place, command in enumerate(commands):
            try:
                writes.append(await self._write(command, ids))
            except _REFUSALS as error:
                await self._commands.foresee(writes, actor=asks.actor)
                raise CommandRefused(place, error) from error
            ids.append(writes[-1].id)
        return await self._commands.write_together(writes, actor=asks.actor, key=asks.key, trace=asks.trace)

    async def _write(self, command: Command, ids: Ids) -> Write:
        """What a command writes. Raises CollectionMissing, ConditionRequired, BodyInvalid, PatchInvalid."""
        doing, id = command.command(command.id(ids), ids)
        declared = await self._declared(command)
        if declared.require_if_match and command.condition is ANY and not command.replaces_nothing:
            raise ConditionRequired
        return Write(declared, id or new_id(), doing, command.condition, is_new=command.name == "create")

    async def _declared(self, command: Command) -> Declared:
        name = command.entry.collection
        found = self._catalog.get(name)
        if found is not None:
            return found
        if self._auto_declare and command.makes_documents:
            return await self._catalog.auto_declare(name)
        return await self._catalog.find(name)

    def _answer(self, asks: Asked, outcomes: Sequence[Outcome]) -> HTTPResponse:
        done = [outcome for outcome in outcomes if isinstance(outcome, Written)]
        for written in done:
            self._queries.wrote(written.document.position)
        tell = _in_full if asks.preferred.get("return") == "representation" else _in_short
        results = [_result(outcome, tell) for outcome in outcomes]
        status = 200 if len(done) == len(outcomes) else MULTI_STATUS
        headers = _positions(done) | applied(asks.preferred)
        return bytes_answer(orjson.dumps({"results": results}), status, headers)


def _result(outcome: Outcome, tell: Callable[[Written], dict[str, Any]]) -> dict[str, Any]:
    if isinstance(outcome, Written):
        return tell(outcome)
    return {"status": problem_of(outcome).status, "problem": told(outcome)}


def _in_short(written: Written) -> dict[str, Any]:
    document = written.document
    status = 201 if written.created else 200 if isinstance(document, Present) else 204
    return {
        "status": status,
        "id": written.id,
        "version": document.version,
        "position": document.position,
    }


def _in_full(written: Written) -> dict[str, Any]:
    result = _in_short(written)
    if isinstance(written.document, Present):
        result["document"] = orjson.Fragment(written.body)
    return result


def _positions(done: Sequence[Written]) -> dict[str, str]:
    """The newest position of every partition that was written to."""
    newest: dict[int, int] = {}
    for written in done:
        place = written.document.position
        newest[partition_of(place)] = max(place, newest.get(partition_of(place), 0))
    return {"fold-position": ", ".join(map(str, newest.values()))} if newest else {}

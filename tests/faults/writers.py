"""Writers of a load: each has documents of its own, and all of them fight over a few."""

from typing import Any

from events.commit import JsonObject
from tests.faults.client import Client
from tests.faults.connection import Unanswered, Unsent, request
from tests.faults.history import Fate, Write

FOUGHT_OVER = ("fought-1", "fought-2", "fought-3")
TEXTS = ("", "Zoë", "日本語", 'quo"te\\', "line\nbreak", "x" * 300)


class Writer(Client):
    """Creates, replaces, patches and deletes, with and without a condition."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._count = 0
        self._own: dict[str, int] = {}
        self._fought: dict[str, int] = {}

    async def turn(self) -> bool:
        """One write, of a kind that chance decides."""
        write = self._next()
        self._history.writes.append(write)
        await self._send(write)
        self._learn(write)
        return write.fate is not Fate.UNKNOWN and not write.unsent

    def _next(self) -> Write:
        chance = self._random.random()
        if chance < 0.30 or not self._own:
            return self._write("POST", None) if chance < 0.15 else self._write("PUT", f"{self._mark()}-own")
        if chance < 0.60:
            id = self._random.choice(list(self._own))
            return self._write("PATCH", id, self._own[id])
        if chance < 0.65:
            id = self._random.choice(list(self._own))
            return self._write("DELETE", id, self._own[id])
        if chance < 0.70:
            return self._write("PUT", self._random.choice(list(self._own)))
        id = self._random.choice(FOUGHT_OVER)
        if id not in self._fought or chance < 0.75:
            return self._write("PUT", id)
        return self._write("PATCH", id, self._fought[id] if chance < 0.90 else None)

    def _write(self, method: str, id: str | None, if_match: int | None = None) -> Write:
        self._count += 1
        body = None if method == "DELETE" else self._body(whole=method != "PATCH")
        return Write(self._mark(), method, id, body, if_match)

    def _mark(self) -> str:
        return f"{self.name}-{self._count}"

    def _body(self, whole: bool) -> JsonObject:
        chance = self._random
        body = {"mark": self._mark(), "n": chance.randrange(-(2**63), 2**63), "x": float(chance.randrange(9))}
        if whole:
            body |= {"text": chance.choice(TEXTS), "deep": {"a": [1, 1.5, None, {"b": True}], "": {}}}
        return body

    def _request(self, write: Write) -> bytes:
        headers = {} if write.if_match is None else {"If-Match": f'"{write.if_match}"'}
        path = self._path if write.id is None else f"{self._path}/{write.id}"
        return request(write.method, path, {**self._headers, **headers}, write.body)

    async def _send(self, write: Write) -> None:
        try:
            write.answer = await self._connection.ask(self._request(write))
        except Unsent as error:
            write.unsent, write.error = True, str(error)
        except Unanswered as error:
            write.error = str(error)

    def _learn(self, write: Write) -> None:
        """Remember versions; a document of ours whose version is not known any more is left alone."""
        versions = self._fought if write.id in FOUGHT_OVER else self._own
        if write.fate is Fate.ACKNOWLEDGED:
            assert write.answer is not None
            write.id = write.id or write.answer.json["id"]
            versions[write.id] = write.version
            self._history.ids.append(write.id)
            self._history.newest = write.position
        elif write.fate is Fate.UNKNOWN and write.id is not None:
            versions.pop(write.id, None)
        if write.id is not None and write.answer is not None and write.answer.status == 412:
            versions[write.id] = write.answer.json["version"]
        if write.method == "DELETE" and write.id is not None:
            versions.pop(write.id, None)

"""Readers of a load: each carries the last position it was shown, and demands never to see less."""

from typing import Any

from events.commit import JsonObject
from tests.faults.client import Client
from tests.faults.connection import Answer, Unanswered, request
from tests.faults.history import Read, places
from tests.faults.truth import SEQUENCE_BITS


class Reader(Client):
    """Reads documents and pages of them, and now and then demands the newest write there is."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._seen: dict[int, int] = {}

    async def turn(self) -> bool:
        """One read, of a kind that chance decides."""
        if self._random.random() < 0.3:
            self._see(self._history.newest)
        id = None
        if self._history.ids and self._random.random() < 0.7:
            id = self._random.choice(self._history.ids[-200:])
        limit = self._random.randrange(1, 40)
        try:
            return self._note(id, limit, await self._get(id, limit))
        except Unanswered:
            return False

    async def _get(self, id: str | None, limit: int) -> Answer:
        path = f"{self._path}?limit={limit}" if id is None else f"{self._path}/{id}"
        demand = {"Fold-After": ",".join(map(str, self._seen.values()))} if self._seen else {}
        return await self._connection.ask(request("GET", path, {**self._headers, **demand}))

    def _note(self, id: str | None, limit: int, answer: Answer) -> bool:
        if "fold-position" not in answer.headers:
            self._history.unserved.append(answer)
            return False
        after, at = tuple(self._seen.values()), places(answer.headers["fold-position"])
        found: list[JsonObject] = []
        if answer.status == 200:
            found = answer.json["items"] if id is None else [answer.json]
        self._history.reads.append(Read(self.name, id, limit, after, at, found))
        for place in at:
            self._see(place)
        return True

    def _see(self, place: int) -> None:
        partition = place >> SEQUENCE_BITS
        self._seen[partition] = max(place, self._seen.get(partition, 0))

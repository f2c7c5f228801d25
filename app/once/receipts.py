"""Receipts: what keyed requests that leave no commit in the log were about, and how they were answered.

{ _id: Binary(16) request, digest: Binary(16), at: Date, about: number | [number]?,
  answer: { status: 201, headers: {…}, body: Binary }? }
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pymongo.errors import DuplicateKeyError, PyMongoError
from sanic.response import HTTPResponse

from app.routes.answering import bytes_answer, empty_answer
from catalog.store import NOTES as RECEIPTS
from commands.requests import Key
from events.commit import now
from events.errors import LogUnavailable
from events.store import DURABLE, MAJORITY, Database

GIVEN_UP = timedelta(seconds=60)
"""After this time, a request that is not answered is taken for one whose process has died."""

About = float | int
"""What a request is about, found before anything happens: a generation's number, a position, a time."""


class Answer(NamedTuple):
    """What is answered: a status, headers besides those of all answers, and the bytes of JSON, if any."""

    status: int
    headers: dict[str, str]
    body: bytes

    def response(self) -> HTTPResponse:
        """As it is sent."""
        if not self.body:
            return empty_answer(self.status, self.headers)
        return bytes_answer(self.body, self.status, self.headers)


class Receipt(NamedTuple):
    """One request.

    about:  an About, or a list of them, as it was found.
    answer: None until it has one, which it may never have where a process died.
    """

    at: datetime
    about: Any
    answer: Answer | None


class Turn(NamedTuple):
    """One process's turn at a request. It is over when another process begins at another time."""

    key: Key
    at: datetime


class Receipts:
    """The receipts of one deployment. They live as long as the log does."""

    def __init__(self, database: Database) -> None:
        self._receipts: Any = database.get_collection(RECEIPTS, read_concern=MAJORITY, write_concern=DURABLE)

    async def find(self, key: Key) -> Receipt | None:
        """The receipt of a request. Raises RequestDiffers, LogUnavailable."""
        with _translated():
            found = await self._receipts.find_one({"_id": key.request})
        if found is None:
            return None
        key.check(found["digest"])
        return Receipt(found["at"], found.get("about"), _answer(found.get("answer")))

    async def begin(self, turn: Turn, about: object, over: Receipt | None) -> bool:
        """Keep what a request is about, before anything happens; False where another process was faster.

        over: the receipt that somebody left who did not come to an answer.
        Raises: LogUnavailable.
        """
        key, at = turn
        with _translated():
            if over is not None:
                query = {"_id": key.request, "at": over.at, "answer": {"$exists": False}}
                return bool((await self._receipts.update_one(query, {"$set": {"at": at}})).modified_count)
            new = {"_id": key.request, "digest": key.digest, "at": at, "about": about}
            try:
                await self._receipts.insert_one(new)
            except DuplicateKeyError:
                return False
        return True

    async def finish(self, turn: Turn, answer: Answer) -> None:
        """Keep the answer to a request that had its effect.

        Raises: LogUnavailable, also where somebody else has taken the request over.
        """
        with _translated():
            change = {"$set": {"answer": _stored(answer)}}
            kept = (await self._receipts.update_one(_of(turn), change)).matched_count
        if not kept:
            raise LogUnavailable("another process took the request over")

    async def withdraw(self, turn: Turn) -> None:
        """Forget a request that was refused, unless somebody else has taken it over. Raises LogUnavailable."""
        with _translated():
            await self._receipts.delete_one(_of(turn))

    async def leave(self, turn: Turn) -> None:
        """Let anybody go on with a request of which nobody knows whether it had its effect.

        Nothing where somebody else has taken it over. Raises LogUnavailable.
        """
        with _translated():
            await self._receipts.update_one(_of(turn), {"$set": {"at": now() - GIVEN_UP}})


def receipt(key: Key, answer: Answer) -> dict[str, Any]:
    """The receipt of a request that is answered, as it is stored."""
    return {"_id": key.request, "digest": key.digest, "at": now(), "answer": _stored(answer)}


def _of(turn: Turn) -> dict[str, Any]:
    return {"_id": turn.key.request, "at": turn.at, "answer": {"$exists": False}}


def _stored(answer: Answer) -> dict[str, Any]:
    return answer._asdict()


def _answer(stored: dict[str, Any] | None) -> Answer | None:
    return None if stored is None else Answer(stored["status"], stored["headers"], bytes(stored["body"]))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PyMongoError as error:
        raise LogUnavailable(str(error)) from error

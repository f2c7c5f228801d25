"""Inserting commits at their places; within a transaction their claims move with them."""

from collections.abc import Sequence
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from events.appender import AppendRefused
from events.batch import Ready
from events.claims import steps
from events.commit import JsonObject
from events.errors import ClaimTaken
from events.position import Position
from events.refusals import check
from events.store import CLAIMS, COMMITS, Database


async def insert_into(
    database: Database,
    collection: str,
    documents: Sequence[Any],
    session: AsyncClientSession | None = None,
    **more: Any,
) -> JsonObject:
    """MongoDB's answer to one ordered insert. It is sent bare, so that nothing is retried behind our back.

    more: other parts of the command. Raises PyMongoError.
    """
    command = {"insert": collection, "ordered": True, "documents": documents, **more}
    return await database.command(command, session=session)


async def insert_whole(
    database: Database, session: AsyncClientSession, batch: Sequence[Ready], places: Sequence[Position]
) -> None:
    """Insert the batch at `places`, and move its claims, in the transaction that is open in `session`.

    Raises: TailLost, AppendRefused, OutcomeUnknown, PyMongoError; the transaction has come to nothing then.
    """
    documents = [ready.at(place) for ready, place in zip(batch, places, strict=True)]
    check(batch, await insert_into(database, COMMITS, documents, session), whole=True)
    for step in steps(batch, places):
        if step.deletes:
            await database.command({"delete": CLAIMS, "deletes": step.deletes}, session=session)
        if step.taken:
            answer = await insert_into(database, CLAIMS, step.taken, session)
            for error in answer.get("writeErrors", ()):
                place = error["index"]
                raise AppendRefused(0, step.takers[place], ClaimTaken(step.taken[place]["_id"]))

"""What the log takes for granted of MongoDB. Should a version of it behave otherwise, these tests say so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import bson
import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from events.commit import now, to_stored
from events.log import EventLog
from events.store import Database
from tests.events.commits import key, new

JsonObject = dict[str, Any]
NONCE = b"nonce..."
HELD = new("orders/o1", request=key(1))


@pytest.fixture(autouse=True)
async def _one_commit(direct: EventLog) -> None:
    await direct.append(HELD)


@asynccontextmanager
async def outside(_: Database) -> AsyncIterator[AsyncClientSession | None]:
    """No transaction."""
    yield None


@asynccontextmanager
async def inside(database: Database) -> AsyncIterator[AsyncClientSession | None]:
    """A transaction that comes to nothing."""
    async with database.client.start_session() as session:
        await session.start_transaction()
        yield session


async def insert(database: Database, *documents: JsonObject, session: Any = None) -> JsonObject:
    """One ordered insert, as the writer sends it; MongoDB's answer."""
    command = {"insert": "commits", "ordered": True, "documents": list(documents)}
    return await database.command(command, session=session)


def stored(place: int, **wanted: Any) -> JsonObject:
    """A commit as it is stored at `place`."""
    return {"_id": bson.Int64(place), **to_stored(HELD._replace(**wanted), now(), NONCE)}


@pytest.mark.parametrize("transaction", [outside, inside])
@pytest.mark.parametrize(
    ("commit", "pattern"),
    [
        (stored(1), {"_id": 1}),
        (stored(1, request=None), {"_id": 1}),
        (stored(1, stream="orders/o2"), {"_id": 1}),
        (stored(2), {"request": 1}),
        (stored(2, request=None), {"stream": 1, "version": 1}),
    ],
    ids=["all", "position and version", "position and request", "version and request", "version"],
)
async def test_a_commit_that_breaks_several_indexes_is_reported_by_the_first(
    database: Database, transaction: Any, commit: JsonObject, pattern: JsonObject
) -> None:
    async with transaction(database) as session:
        [error] = (await insert(database, commit, session=session))["writeErrors"]
    assert (error["code"], error["keyPattern"]) == (11000, pattern)


async def test_an_ordered_insert_stops_at_its_first_error(database: Database) -> None:
    there = [stored(place, stream=f"orders/n{place}", request=None) for place in (2, 3, 1, 4)]
    answer = await insert(database, *there)
    assert answer["n"] == 2
    assert [error["index"] for error in answer["writeErrors"]] == [2]
    assert [kept["_id"] async for kept in database["commits"].find(sort=[("_id", 1)])] == [1, 2, 3]


async def test_one_error_in_a_transaction_undoes_all_of_it(database: Database) -> None:
    async with inside(database) as session:
        fits, breaks = stored(2, stream="orders/o2", request=None), stored(1)
        answer = await insert(database, fits, breaks, session=session)
        assert [error["index"] for error in answer["writeErrors"]] == [1]
        with pytest.raises(OperationFailure) as ended:
            await insert(database, fits, session=session)
        assert ended.value.has_error_label("TransientTransactionError")
    assert await database["commits"].count_documents({}) == 1


async def test_who_meets_a_transaction_in_progress_loses_at_once(database: Database) -> None:
    mine, theirs = (stored(2, stream=stream, request=None) for stream in ("orders/mine", "orders/theirs"))
    async with inside(database) as session, inside(database) as other:
        await insert(database, mine, session=session)
        with pytest.raises(OperationFailure) as conflict:
            await insert(database, theirs, session=other)
        assert conflict.value.has_error_label("TransientTransactionError")


async def test_a_transaction_is_committed_once_however_often_it_is_asked_for(database: Database) -> None:
    async with database.client.start_session() as session:
        await session.start_transaction()
        await insert(database, stored(2, stream="orders/o2", request=None), session=session)
        for _ in range(3):
            await session.commit_transaction()
    assert await database["commits"].count_documents({}) == 2

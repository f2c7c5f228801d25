"""A process that dies in the middle of a transaction holds up the others for a moment only."""

from functools import partial
from typing import Any

import bson
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession

from app.embedded import Running
from events import orphans
from events.errors import LogUnavailable
from events.orphans import end_orphans
from events.store import Database
from tests.events.commits import NUMBER, everything, lost, new, won
from tests.events.logs import another
from tests.events.racing import collide

APP = "foldbase"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has touched for a tenth of a second counts as left open."""
    monkeypatch.setattr(orphans, "IDLE", 0.1)


async def abandoned(client: AsyncMongoClient[Any], name: str) -> AsyncClientSession:
    """A transaction that has taken the first position and a claim, and is never heard of again."""
    session = client.start_session()
    await session.start_transaction()
    await client[name]["commits"].insert_one({"_id": bson.Int64(1), "stream": "orders/dead"}, session=session)
    await client[name]["claims"].insert_one({"_id": NUMBER, "stream": "orders/dead"}, session=session)
    return session


async def test_appends_go_on_when_a_writer_died_in_a_transaction(mongod: Running, database: Database) -> None:
    dead: AsyncMongoClient[Any] = AsyncMongoClient(mongod.url, appname=APP)
    async with dead, another(mongod.url, database.name, patience=2, appname=APP) as log:
        await abandoned(dead, database.name)
        outcomes = await collide(
            partial(log.append, new("orders/plain")), partial(log.append, new("orders/o1", taken=(NUMBER,)))
        )
        assert lost(outcomes) == []
        assert await everything(log) == won(outcomes)
        assert [claim["stream"] async for claim in database["claims"].find()] == ["orders/o1"]


async def test_transactions_of_others_are_left_alone(mongod: Running, database: Database) -> None:
    other: AsyncMongoClient[Any] = AsyncMongoClient(mongod.url, appname="reports")
    async with other, another(mongod.url, database.name, patience=0.5, appname=APP) as log:
        session = await abandoned(other, database.name)
        with pytest.raises(LogUnavailable):
            await log.append(new())
        await session.commit_transaction()
        late = await log.append(new("orders/o2"))
        assert late.position == 3


async def test_a_transaction_of_this_moment_is_left_alone(
    mongod: Running, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "IDLE", 60.0)
    client: AsyncMongoClient[Any] = AsyncMongoClient(mongod.url, appname=APP)
    async with client:
        await client[database.name]["commits"].insert_one({"_id": 0})
        session = await abandoned(client, database.name)
        await end_orphans(client)
        await session.commit_transaction()
        assert await client[database.name]["commits"].count_documents({}) == 2

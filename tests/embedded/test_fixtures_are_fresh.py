"""The shared fixtures give every test stores that nobody wrote to."""

from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from app.settings import Settings


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_a_test_finds_empty_stores_whatever_ran_before_it(
    database: AsyncDatabase[dict[str, Any]], redis: Redis, settings: Settings, turn: str
) -> None:
    assert await database.list_collection_names() == []
    assert await redis.dbsize() == 0
    assert settings.database == database.name
    await database["left"].insert_one({"turn": turn})
    await redis.set("left", turn)

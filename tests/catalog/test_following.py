"""A change made in one process is known in every other."""

import asyncio
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from app.embedded import Mongod, start
from catalog import following as following_module
from catalog import store
from catalog.catalog import Catalog
from catalog.declared import Declared
from catalog.errors import CatalogUnavailable
from tests.catalog.conftest import following, until
from tests.servers import fresh_redis, temporary_folder

Database = AsyncDatabase[dict[str, Any]]


@pytest.fixture
def never_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is heard of, is heard of through Redis."""
    monkeypatch.setattr(following_module, "POLL_EVERY", 3600.0)


@pytest.mark.usefixtures("never_polling")
async def test_a_change_is_announced_to_every_process(database: Database, redis: Redis) -> None:
    async with following(database, redis) as one, following(database, redis) as other:
        await subscribed(redis, database.name, 2)
        await one.declare("orders", {"indexes": [["a"]]})
        await until(lambda: other.get("orders"))
        await other.declare("orders", {})
        await until(lambda: revision(one, "orders") == 2)
        await one.drop("orders", {0: 812})
        await until(lambda: other.get("orders") is None)
        assert other.floor("orders", 0) == 812


@pytest.mark.usefixtures("never_polling")
async def test_a_lost_channel_is_taken_up_again_with_what_was_missed(database: Database, redis: Redis) -> None:
    async with following(database, redis) as one, following(database, redis) as other:
        await subscribed(redis, database.name, 2)
        assert await redis.client_kill_filter(_type="pubsub") >= 2
        await one.declare("orders", {})
        await until(lambda: other.get("orders"))
        await subscribed(redis, database.name, 2)
        await one.declare("orders", {"indexes": [["a"]]})
        await until(lambda: revision(other, "orders") == 2)


async def test_a_change_is_noticed_without_redis(database: Database) -> None:
    async with following(database, None) as one, following(database, None) as other:
        await one.declare("orders", {})
        await until(lambda: other.get("orders"), within=following_module.POLL_EVERY + 2)
        await other.drop("orders", {1: 9})
        await until(lambda: one.get("orders") is None, within=following_module.POLL_EVERY + 2)
        assert one.floor("orders", 1) == 9


async def test_a_change_is_noticed_while_redis_is_away(database: Database) -> None:
    with fresh_redis() as running:
        redis = Redis.from_url(running.url)
        try:
            async with following(database, redis) as one, following(database, redis) as other:
                await subscribed(redis, database.name, 2)
                running.stop()
                await one.declare("orders", {})
                await until(lambda: other.get("orders"), within=following_module.POLL_EVERY + 2)
        finally:
            await redis.aclose()


async def test_following_goes_on_after_mongodb_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TIMEOUT", 1.0)
    with temporary_folder() as folder:
        [running] = await asyncio.to_thread(start, Mongod.prepare(folder))
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(running.url)
        try:
            async with following(client["killed"], None) as one, following(client["killed"], None) as other:
                await one.declare("orders", {})
                await until(lambda: other.get("orders"))
                running.process.kill()
                running.process.wait()
                with pytest.raises(CatalogUnavailable):
                    await one.declare("users", {})
                assert other.get("orders") is not None
                [running] = await asyncio.to_thread(start, running.service)
                await one.declare("shops", {})
                await until(lambda: other.get("shops"))
        finally:
            await client.close()
            running.stop()


async def test_a_database_put_back_to_an_earlier_time_is_read_anew(database: Database) -> None:
    async with following(database, None) as catalog:
        await catalog.declare("orders", {})
        before = await database["collections"].find_one({"_id": "orders"})
        assert before is not None
        await catalog.declare("orders", {"indexes": [["a"]]})
        await catalog.declare("users", {})
        await catalog.refresh()
        gone: list[str] = []
        catalog.on_change(lambda name, declared: gone.append(name) if declared is None else None)
        await database["collections"].delete_many({})
        await database["collections"].insert_one(before)
        await until(lambda: revision(catalog, "orders") == 1)
        await until(lambda: gone == ["users"])


async def test_listeners_hear_each_change_and_one_that_fails_stops_nobody(database: Database) -> None:
    heard: list[tuple[str, int | None]] = []

    def fail(name: str, declared: Declared | None) -> None:
        raise LookupError(name)

    def hear(name: str, declared: Declared | None) -> None:
        heard.append((name, None if declared is None else declared.revision))

    async with following(database, None) as one, following(database, None) as other:
        other.on_change(fail)
        end = other.on_change(hear)
        await one.declare("orders", {})
        await until(lambda: heard == [("orders", 1)])
        await other.drop("orders", {})
        assert heard == [("orders", 1), ("orders", None)]
        end()
        end()
        await other.declare("orders", {})
        assert len(heard) == 2


async def test_following_ends_when_it_is_cancelled_and_leaves_no_task(database: Database, redis: Redis) -> None:
    catalog = await Catalog.open(database, redis=redis, prefix="cancelled")
    before = asyncio.all_tasks()
    task = asyncio.create_task(catalog.follow())
    await subscribed(redis, "cancelled", 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() <= before


def revision(catalog: Catalog, name: str) -> int | None:
    declared = catalog.get(name)
    return None if declared is None else declared.revision


async def subscribed(redis: Redis, prefix: str, number: int) -> None:
    """Wait until `number` catalogs of `prefix` listen."""

    async def are_subscribed() -> bool:
        [(_, count)] = await redis.pubsub_numsub(f"{prefix}:catalog")
        return bool(count == number)

    await until(are_subscribed)

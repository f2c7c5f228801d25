"""Fixtures every test may use: real servers for the session, a fresh database and a flushed Redis per test."""

import base64
import gc
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from app.embedded import Running
from app.settings import Settings
from tests.examples import know_profiles
from tests.scheduling import ByDeployment
from tests.servers import fresh_mongod, fresh_redis


def pytest_configure(config: pytest.Config) -> None:
    """How many examples properties are tried with."""
    know_profiles(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByDeployment:
    """Which tests stay together where there are several processes."""
    return ByDeployment(config, log)


def pytest_collection_finish() -> None:
    """What was imported and collected lasts: whoever calls the collector shall not look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_this_shell() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FOLDBASE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def mongod() -> Iterator[Running]:
    """The session's mongod. Tests share it: use `database`, never a fixed name, and never stop it."""
    with fresh_mongod() as running:
        yield running


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Running]:
    """The session's Redis. Tests share it: use `redis`, and never stop it."""
    with fresh_redis() as running:
        yield running


@pytest.fixture
async def database(mongod: Running) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """An empty database of a name of its own, dropped afterwards; `.client` is this test's alone."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.url)
    name = f"test_{secrets.token_hex(8)}"
    try:
        yield client[name]
        await _emptied(client[name])
    finally:
        await client.close()


async def _emptied(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Drop it collection by collection: to drop a database, MongoDB waits until its journal is next written."""
    for name in await database.list_collection_names():
        await database.drop_collection(name)


@pytest.fixture
async def redis(redis_server: Running) -> AsyncIterator[Redis]:
    """A client of an empty Redis; answers are bytes."""
    client = Redis.from_url(redis_server.url)
    try:
        await client.flushall()
        yield client
    finally:
        await client.aclose()


@pytest.fixture
def settings(
    mongod: Running,
    redis_server: Running,
    database: AsyncDatabase[dict[str, Any]],
    redis: Redis,
    tmp_path: Path,
) -> Settings:
    """Settings of a deployment on the session's servers, the fresh database and the empty Redis."""
    return Settings(
        mongo_url=mongod.url,
        redis_url=redis_server.url,
        database=database.name,
        token_key=SecretStr(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()),
        data=tmp_path,
    )

"""One deployment for all tests of this folder, kept for the session; each test declares its own collections."""

import base64
import secrets
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from app.embedded import Running
from app.settings import Settings
from tests.http.documents import Documents
from tests.openapi.serving import Served, served
from tests.servers import fresh_redis

HERE = Path(__file__).parent

_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All async tests of this folder run in the event loop that the deployment lives in."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def own_redis() -> Iterator[Running]:
    """A Redis that nobody else flushes."""
    with fresh_redis() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(mongod: Running) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """The database of the deployment, dropped at the end."""
    async with AsyncMongoClient[dict[str, Any]](mongod.url) as client:
        name = f"test_{secrets.token_hex(8)}"
        yield client[name]
        await client.drop_database(name)


@pytest.fixture(scope="session")
def deployed(mongod: Running, own_redis: Running, home: AsyncDatabase[dict[str, Any]]) -> Settings:
    """The settings of the deployment."""
    return Settings(
        mongo_url=mongod.url,
        redis_url=own_redis.url,
        database=home.name,
        token_key=SecretStr(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()),
        max_body=2**21,
        scan_limit=30,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(deployed: Settings) -> AsyncIterator[Served]:
    """The API and a projector, with clients for everybody."""
    async with served(deployed) as serving:
        yield serving


@pytest.fixture
def admin(site: Served) -> httpx.AsyncClient:
    """A client with the role admin."""
    return site.admin


@pytest.fixture
def user(site: Served) -> httpx.AsyncClient:
    """A client with the role user."""
    return site.user


@pytest.fixture
def nobody(site: Served) -> httpx.AsyncClient:
    """A client without a token."""
    return site.nobody


@pytest.fixture
def collection() -> str:
    """A name that no other test uses."""
    return f"orders_{next(_numbers)}"


@pytest.fixture
def key() -> dict[str, str]:
    """The header with an idempotency key that no other test uses."""
    return {"idempotency-key": f"order-{next(_numbers)}"}


@pytest_asyncio.fixture(loop_scope="session")
async def orders(collection: str, admin: httpx.AsyncClient, user: httpx.AsyncClient) -> Documents:
    """The documents of a new collection, about which nothing is declared."""
    declared = await admin.put(f"/v1/collections/{collection}", json={})
    assert declared.status_code == 201, declared.text
    return Documents(user, collection)

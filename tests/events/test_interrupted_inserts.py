"""Inserts that mongod breaks off for reasons of its own: settled like those whose answer was lost."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from structlog.testing import capture_logs

from app.embedded import Mongod, Running
from events.log import EventLog
from tests.events.commits import everything, new, won
from tests.events.logs import IMPATIENT, opened
from tests.servers import serving, temporary_folder

INTERRUPTIONS = {
    "ShutdownInProgress": 91,
    "WriteConflict": 112,
    "PrimarySteppedDown": 189,
    "ExceededTimeLimit": 262,
    "NotWritablePrimary": 10107,
    "InterruptedAtShutdown": 11600,
    "InterruptedDueToReplStateChange": 11602,
    "MaxTimeMSExpired": 50,
}
UNREPLICATED = {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}}


@dataclass(frozen=True, slots=True)
class FailingMongod(Mongod):
    """A mongod that fails when told to (its fail points are on)."""

    @property
    def argv(self) -> list[str]:
        """See Mongod."""
        return [*Mongod.argv.__get__(self), "--setParameter", "enableTestCommands=1"]


@pytest.fixture(scope="module")
def failing() -> Iterator[Running]:
    with temporary_folder() as folder, serving(FailingMongod.prepare(folder)) as running:
        yield running


@pytest.fixture
async def client(failing: Running) -> AsyncIterator[AsyncMongoClient[Any]]:
    client: AsyncMongoClient[Any] = AsyncMongoClient(failing.url, **IMPATIENT)
    async with client:
        yield client


@pytest.fixture
async def log(client: AsyncMongoClient[Any]) -> AsyncIterator[EventLog]:
    """A log with one commit, so that its tail is known."""
    async with opened(client[f"failing_{secrets.token_hex(4)}"]) as log:
        await log.append(new("orders/first"))
        yield log


async def fail(client: AsyncMongoClient[Any], command: str, times: int = 1, **how: Any) -> None:
    """Let the next commands of this name fail."""
    data = {"failCommands": [command], **how}
    await client.admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)


async def append_some(log: EventLog, *, claiming: bool) -> None:
    """Append a batch and find it in the log, once; it must have been settled."""
    taken = [(f"orders/number/{n}",) if claiming else () for n in range(20)]
    with capture_logs() as said:
        outcomes = await asyncio.gather(
            *(log.append(new(f"orders/{n}", taken=claim)) for n, claim in enumerate(taken))
        )
    assert (await everything(log))[1:] == won(outcomes)
    assert any("outcome unknown" in line["event"] for line in said)


@pytest.mark.parametrize("code", INTERRUPTIONS.values(), ids=INTERRUPTIONS)
async def test_an_interrupted_insert_is_settled(
    client: AsyncMongoClient[Any], log: EventLog, code: int
) -> None:
    await fail(client, "insert", errorCode=code, times=2)
    await append_some(log, claiming=False)


async def test_an_insert_that_was_not_replicated_in_time_is_settled(
    client: AsyncMongoClient[Any], log: EventLog
) -> None:
    await fail(client, "insert", **UNREPLICATED, times=2)
    await append_some(log, claiming=False)


@pytest.mark.parametrize(
    "code", [50, 112, 189], ids=["MaxTimeMSExpired", "WriteConflict", "PrimarySteppedDown"]
)
async def test_an_interrupted_end_of_a_transaction_is_settled(
    client: AsyncMongoClient[Any], log: EventLog, code: int
) -> None:
    await fail(client, "commitTransaction", errorCode=code, times=3)
    await append_some(log, claiming=True)


async def test_a_transaction_that_was_not_replicated_in_time_is_settled(
    client: AsyncMongoClient[Any], log: EventLog
) -> None:
    await fail(client, "commitTransaction", **UNREPLICATED, times=3)
    await append_some(log, claiming=True)

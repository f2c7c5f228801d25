"""A mongod that freezes, dies or steps down: what was acknowledged is there, once, without a gap."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pymongo.common
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from structlog.testing import capture_logs

from app.embedded import Running, start
from events.errors import LogUnavailable
from events.log import EventLog
from tests.events.commits import everything, lost, new
from tests.events.load import assert_kept, load_on
from tests.events.logs import IMPATIENT, another
from tests.events.racing import collide, deferred, until
from tests.servers import fresh_mongod

SOON = {**IMPATIENT, "socketTimeoutMS": 250, "serverSelectionTimeoutMS": 250}


@pytest.fixture(autouse=True)
def _connecting_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pymongo.common, "MIN_HEARTBEAT_INTERVAL", 0.01)


@pytest.fixture(scope="module")
def troubled() -> Iterator[list[Running]]:
    """A mongod to be maltreated. A test that kills it puts the one it started instead into the list."""
    with fresh_mongod() as running:
        mongods = [running]
        yield mongods
        mongods[0].stop()


@pytest.fixture
def name() -> str:
    """A new database."""
    return f"troubled_{secrets.token_hex(4)}"


@pytest.fixture
async def patient(troubled: list[Running], name: str) -> AsyncIterator[EventLog]:
    """A log that waits as long as it takes; it creates the database."""
    async with another(troubled[0].url, name) as log:
        yield log


@pytest.fixture
async def log(troubled: list[Running], name: str, patient: EventLog) -> AsyncIterator[EventLog]:
    """The same log, as a process has it that soon takes connections for dead, and does not give up."""
    async with another(troubled[0].url, name, patience=30, **SOON) as log:
        assert log.id == patient.id
        yield log


@contextmanager
def frozen(mongods: list[Running]) -> Iterator[None]:
    """While the block runs, mongod does not."""
    os.kill(mongods[0].pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(mongods[0].pid, signal.SIGCONT)


async def an_unknown_outcome() -> None:
    """Return when an append begins to be settled, or can not be sent because nobody knows where to."""
    with capture_logs() as said:
        await until(lambda: any(" unknown, " in line["event"] for line in said))


async def test_every_append_is_stored_once_though_mongod_freezes(
    troubled: list[Running], log: EventLog, patient: EventLog
) -> None:
    async with load_on(log) as load:
        for _ in range(3):
            with frozen(troubled):
                await an_unknown_outcome()
            await load.more()
    assert not load.failed
    await assert_kept(patient, load)


async def test_callers_learn_whether_it_may_have_happened_when_mongod_stays_frozen(
    troubled: list[Running], name: str, patient: EventLog
) -> None:
    sent, waiting = [f"orders/sent-{n}" for n in range(20)], [f"orders/waiting-{n}" for n in range(20)]
    async with another(troubled[0].url, name, patience=1.5, **SOON) as log:
        await log.append(new("orders/first"))
        with frozen(troubled):
            async with deferred(collide(*(partial(log.append, new(stream)) for stream in sent))) as unknown:
                await an_unknown_outcome()
                unsent = await collide(*(partial(log.append, new(stream)) for stream in waiting))
        await log.append(new("orders/last"))
        assert [getattr(error, "unknown", None) for error in lost(unknown)] == [True] * 20
        assert [getattr(error, "unknown", None) for error in lost(unsent)] == [False] * 20
        streams = [commit.stream for commit in await everything(patient)]
        assert sorted(streams[1:-1]) == sorted(sent)
        assert (streams[0], streams[-1]) == ("orders/first", "orders/last")


@pytest.mark.usefixtures("patient")
async def test_closing_ends_and_tells_its_callers_though_mongod_is_frozen(
    troubled: list[Running], name: str
) -> None:
    async with another(troubled[0].url, name, patience=1.5, **SOON) as log:
        await log.append(new("orders/first"))
        with frozen(troubled):
            async with deferred(collide(partial(log.append, new("orders/last")))) as outcomes:
                await an_unknown_outcome()
                async with asyncio.timeout(5):
                    await log.close()
        [told] = lost(outcomes)
        assert isinstance(told, LogUnavailable)
        assert told.unknown


async def test_every_append_is_stored_once_though_the_primary_steps_down(
    troubled: list[Running], log: EventLog, patient: EventLog
) -> None:
    client: AsyncMongoClient[Any] = AsyncMongoClient(troubled[0].url)
    async with client, load_on(log) as load:
        for _ in range(2):
            with suppress(PyMongoError):
                await client.admin.command(
                    {"replSetStepDown": 1, "force": True, "secondaryCatchUpPeriodSecs": 0}
                )
            await load.more()
    assert not load.failed
    await assert_kept(patient, load)


async def test_what_was_acknowledged_is_there_when_mongod_was_killed(
    troubled: list[Running], log: EventLog, patient: EventLog
) -> None:
    async with load_on(log) as load:
        for _ in range(2):
            troubled[0].process.kill()
            troubled[0].process.wait()
            troubled[:] = await asyncio.to_thread(start, troubled[0].service)
            await load.more()
    assert not load.failed
    await assert_kept(patient, load)

"""Processes of one machine share an appender: a question of speed, and never of what the log holds."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from app.embedded import Running
from events.errors import ClaimTaken, LogUnavailable, RequestRepeated, VersionConflict
from events.hosting import Guest
from events.log import EventLog
from events.position import beginning
from events.store import Database
from events.wire import GREETING, read_appends, read_frame
from tests.events.commits import new

PATIENCE = 10.0


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def sharing(database: Database, socket: Path, partitions: int = 1) -> AsyncIterator[EventLog]:
    log = await EventLog.open(database, partitions=partitions, shared=socket)
    try:
        yield log
    finally:
        await log.close()


def hands_over(log: EventLog) -> bool:
    assert log._sharing is not None
    return log._sharing.hands_over


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "appender.sock"


@pytest.fixture
async def host(database: Database, socket: Path, partitions: int) -> AsyncIterator[EventLog]:
    async with sharing(database, socket, partitions) as log:
        await until(socket.exists)
        yield log


@pytest.fixture
async def guest(host: EventLog, database: Database, socket: Path) -> AsyncIterator[EventLog]:
    async with sharing(database, socket, host.partitions) as log:
        await until(lambda: hands_over(log))
        yield log


async def test_appends_of_host_and_guest_stand_gap_free_in_one_log(host: EventLog, guest: EventLog) -> None:
    appended = await asyncio.gather(
        *(log.append(new(f"orders/{name}{n}")) for n in range(200) for name, log in (("h", host), ("g", guest)))
    )
    positions = sorted(commit.position for commit in appended)
    stored = []
    for partition in range(host.partitions):
        commits = await host.read_partition(partition, after=beginning(partition), limit=1000)
        assert [commit.position for commit in commits] == [
            (partition << 40) + n for n in range(1, len(commits) + 1)
        ]
        stored += commits
    assert positions == sorted(commit.position for commit in stored)
    assert len(positions) == 400


async def test_a_refusal_reaches_the_guest_as_it_would_reach_the_host(host: EventLog, guest: EventLog) -> None:
    await host.append(new("orders/o1", request=b"r" * 16, taken=("orders/number/[1]",)))
    with pytest.raises(VersionConflict) as conflict:
        await guest.append(new("orders/o1"))
    assert (conflict.value.stream, conflict.value.expected) == ("orders/o1", 0)
    with pytest.raises(ClaimTaken) as taken:
        await guest.append(new("orders/o2", taken=("orders/number/[1]",)))
    assert taken.value.claim == "orders/number/[1]"
    with pytest.raises(RequestRepeated):
        await guest.append(new("orders/o1", expected=1, request=b"r" * 16))


async def test_a_claim_released_by_the_guest_is_free_for_the_host(host: EventLog, guest: EventLog) -> None:
    await guest.append(new("orders/o1", taken=("orders/number/[1]",)))
    await guest.append(new("orders/o1", expected=1, released=("orders/number/[1]",)))
    await host.append(new("orders/o2", taken=("orders/number/[1]",)))


async def test_there_is_a_host_again_when_the_host_has_left(database: Database, socket: Path) -> None:
    async with sharing(database, socket) as first:
        await until(socket.exists)
        async with sharing(database, socket) as second:
            await until(lambda: hands_over(second))
            assert first._sharing is not None
            await first._sharing.close()
            assert (await second.append(new("orders/o1"))).position == 1
            await until(lambda: not hands_over(second))
            async with sharing(database, socket) as third:
                await until(lambda: hands_over(second) or hands_over(third))
                assert (await third.append(new("orders/o2"))).position == 2


@asynccontextmanager
async def in_charge_of(socket: Path) -> AsyncIterator[None]:
    """Hold the lock, so that whoever comes must be a guest."""
    lock = os.open(socket.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


@asynccontextmanager
async def silent_host(socket: Path, log: EventLog, *, stores: bool) -> AsyncIterator[asyncio.Event]:
    """A host that never answers, and hangs up when the event is set; it may store what it was handed."""
    hang_up, gone = asyncio.Event(), asyncio.Event()

    class Mute:
        """A writer whose writes nobody hears."""

        def is_closing(self) -> bool:
            return True

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        guest = Guest(log._appenders, Mute())  # type: ignore[arg-type]
        ended = asyncio.create_task(hang_up.wait())
        while not ended.done():
            frame = asyncio.create_task(read_frame(reader))
            await asyncio.wait({frame, ended}, return_when=asyncio.FIRST_COMPLETED)
            if frame.done() and stores:
                for handed in read_appends(frame.result()):
                    guest.put(handed)
            frame.cancel()
            await asyncio.gather(frame, return_exceptions=True)
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_unix_server(connected, socket)
    try:
        yield hang_up
    finally:
        hang_up.set()
        await gone.wait()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("stores", [True, False], ids=["stored", "not stored"])
async def test_what_a_lost_host_left_unanswered_is_stored_exactly_once(
    database: Database, socket: Path, stores: bool, mongod: Running
) -> None:
    plain = await EventLog.open(database)
    async with in_charge_of(socket), silent_host(socket, plain, stores=stores) as hang_up:
        async with sharing(database, socket) as guest:
            await until(lambda: hands_over(guest))
            appends = [asyncio.create_task(guest.append(new(f"orders/o{n}"))) for n in range(50)]
            if stores:
                async with asyncio.timeout(PATIENCE):
                    while await plain.head(0) < len(appends):
                        await asyncio.sleep(0.005)
            assert not any(append.done() for append in appends)
            hang_up.set()
            commits = await asyncio.gather(*appends)
    stored = await plain.read_partition(0, after=beginning(0), limit=1000)
    assert sorted(commit.position for commit in commits) == list(range(1, 51))
    assert {(c.stream, c.position) for c in stored} == {(c.stream, c.position) for c in commits}
    await plain.close()


async def test_a_host_that_keeps_silent_is_given_up(database: Database, socket: Path) -> None:
    plain = await EventLog.open(database)
    async with in_charge_of(socket), silent_host(socket, plain, stores=False):
        log = await EventLog.open(database, patience=1.0, shared=socket)
        await until(lambda: hands_over(log))
        assert (await log.append(new("orders/o1"))).position == 1
        await log.close()
    await plain.close()


async def test_a_conflict_with_somebody_else_stays_a_conflict_when_the_host_is_lost(
    database: Database, socket: Path
) -> None:
    plain = await EventLog.open(database)
    async with in_charge_of(socket), silent_host(socket, plain, stores=False) as hang_up:
        async with sharing(database, socket) as guest:
            await until(lambda: hands_over(guest))
            append = asyncio.create_task(guest.append(new("orders/o1")))
            await asyncio.sleep(0)
            await plain.append(new("orders/o1"))
            hang_up.set()
            with pytest.raises(VersionConflict):
                await append
    await plain.close()


async def test_an_overloaded_host_says_that_nothing_was_written(
    host: EventLog, guest: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.batch.MOST_WAITING", 0)
    with pytest.raises(LogUnavailable) as refused:
        await guest.append(new("orders/o1"))
    assert not refused.value.unknown
    with suppress(LogUnavailable):
        await host.append(new("orders/o1"))


async def test_a_frozen_host_is_left_alone_and_appending_goes_on(database: Database, socket: Path) -> None:
    called, hang_up = asyncio.Event(), asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await hang_up.wait()
        writer.close()

    frozen = await asyncio.start_unix_server(keep_silent, socket)
    async with in_charge_of(socket), sharing(database, socket) as log:
        await called.wait()
        async with asyncio.timeout(1):
            assert (await log.append(new("orders/o1"))).position == 1
        assert not hands_over(log)
    hang_up.set()
    frozen.close()
    await frozen.wait_closed()

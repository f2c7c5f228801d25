"""A host and its guests: who is far is answered first, at once, and once."""

import asyncio
import socket

import pytest
import uvloop

from events.appender import Appender
from events.errors import LogUnavailable
from events.hosting import Guest, HandedAppend
from events.log import EventLog
from events.position import NO_STREAM, Position
from events.store import Database
from events.wire import STORED, UNAVAILABLE, Answer, Handed, read_answers, unbuffered
from events.writer import MongoWriter
from tests.events.commits import new
from tests.events.stalling import Gate, StallingWriter, appender_on, on_its_way


class Noting:
    """The connection to a guest, as far as a host uses it: it notes what is written to it."""

    def __init__(self, said: list[str]) -> None:
        self.frames: list[bytes] = []
        self._said = said

    def is_closing(self) -> bool:
        return False

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)
        self._said.append("guest")

    @property
    def answers(self) -> list[list[Answer]]:
        return [list(read_answers(frame[4:])) for frame in self.frames]


def handed(number: int) -> Handed:
    append = on_its_way(new(f"orders/guest-{number}"))
    return Handed(number, 0, append.nonce, append.stored, None)


async def test_guests_are_answered_before_a_caller_of_the_host_goes_on(
    log: EventLog, database: Database
) -> None:
    said: list[str] = []
    connection, gate = Noting(said), Gate()

    async def call(appender: Appender, number: int) -> None:
        append = on_its_way(new(f"orders/host-{number}"))
        appender.put(append)
        await append.outcome
        said.append("host")

    async with appender_on(StallingWriter(MongoWriter(database, 0), before=gate)) as appender:
        guest = Guest([appender], connection)  # type: ignore[arg-type]
        first = asyncio.create_task(call(appender, 0))
        await gate.reached.wait()
        calls = [asyncio.create_task(call(appender, number)) for number in range(1, 6)]
        await asyncio.sleep(0)
        for number in range(5):
            guest.put(handed(number))
        calls += [asyncio.create_task(call(appender, number)) for number in range(6, 11)]
        await asyncio.sleep(0)
        gate.open()
        await asyncio.gather(first, *calls)
    assert said == ["host", "guest"] + ["host"] * 10
    assert [[answer.number for answer in frame] for frame in connection.answers] == [[0, 1, 2, 3, 4]]


async def test_a_guest_is_told_once() -> None:
    connection = Noting([])
    guest = Guest([], connection)  # type: ignore[arg-type]
    theirs = handed(3)
    append = HandedAppend(new("orders/o1", expected=NO_STREAM), theirs.nonce, theirs.stored, 0.0, guest, 3)
    append.done(Position(7))
    append.failed(LogUnavailable("too late"))
    append.done(Position(8))
    await asyncio.sleep(0)
    assert connection.answers == [[Answer(3, STORED, 7)]]


async def test_a_guest_is_told_what_its_host_does_not_take_any_more(database: Database) -> None:
    connection = Noting([])
    async with appender_on(MongoWriter(database, 0)) as appender:
        await appender.close()
        Guest([appender], connection).put(handed(1))  # type: ignore[arg-type]
        await asyncio.sleep(0)
    assert connection.answers == [[Answer(1, UNAVAILABLE, 0, "this process is stopping")]]


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_what_is_written_leaves_at_once(loop: object) -> None:
    """uvloop, which serves in production, would keep it until the end of the loop's turn."""

    async def write() -> bytes:
        near, far = socket.socketpair()
        near.setblocking(False)
        far.setblocking(False)
        _, writer = await asyncio.open_unix_connection(sock=near)
        unbuffered(writer)
        await asyncio.sleep(0)
        writer.write(b"answer")
        said = far.recv(100)
        writer.close()
        await writer.wait_closed()
        far.close()
        return said

    with asyncio.Runner(loop_factory=loop) as runner:  # type: ignore[arg-type]
        assert runner.run(write()) == b"answer"

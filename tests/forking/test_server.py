"""Copies that a fork server starts: talked to by a socket, and killed when that is closed or its owner gone."""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.forking.copies import Copy, Forked, fork
from app.forking.server import ForkServer, ForkServerGone, fork_server, status_in
from tests.forking.test_copies import is_open
from tests.projections.world import until

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

TITLE = "foldbase test: copy"
LONG = 60
MANY = 256


def echo(talking: socket.socket) -> None:
    """Say who it is, and every line again; ends with the status that a line tells."""
    with talking.makefile("rwb", buffering=0) as words:
        words.write(f"{os.getpid()}\n".encode())
        for line in words:
            if line.startswith(b"end "):
                sys.exit(int(line[4:]))
            words.write(line)


@pytest.fixture
def forks() -> Iterator[ForkServer]:
    """A fork server whose copies echo."""
    with fork_server(echo, TITLE) as forks:
        yield forks


def line(talking: socket.socket) -> bytes:
    """The next line, or what there is before the end."""
    talking.settimeout(LONG)
    said = b""
    while not said.endswith(b"\n") and (more := talking.recv(1)):
        said += more
    return said


def started(forks: ForkServer) -> tuple[socket.socket, int]:
    """A copy, and its process id."""
    talking = forks.start()
    return talking, int(line(talking))


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended, and that nobody asked after yet, does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:4]
    except FileNotFoundError:
        return False


def parent_of(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_copies_are_talked_to_at_the_same_time_and_tell_how_they_end(forks: ForkServer) -> None:
    one, first = started(forks)
    other, second = started(forks)
    with one, other:
        assert first != second
        assert parent_of(first) == parent_of(second) != os.getpid()
        assert Path(f"/proc/{first}/cmdline").read_text().strip("\0") == TITLE
        one.sendall(b"hello\n")
        assert line(one) == b"hello\n"
        one.sendall(b"end 7\n")
        assert status_in(line(one)) == (b"", 7)
        assert line(one) == b""
        other.sendall(b"still here\n")
        assert line(other) == b"still here\n"
        os.kill(second, signal.SIGKILL)
        assert status_in(line(other)) == (b"", -signal.SIGKILL)


@pytest.mark.parametrize("number", [0, signal.SIGSTOP])
async def test_a_copy_is_killed_when_nobody_talks_to_it_any_more(forks: ForkServer, number: int) -> None:
    talking, pid = started(forks)
    os.kill(pid, number)
    assert lives(pid)
    talking.close()
    await until(lambda: not lives(pid))


def test_a_copy_has_its_socket_and_no_other_descriptor(tmp_path: Path) -> None:
    found = tmp_path / "found"

    def tell(talking: socket.socket) -> None:
        others = [number for number in range(3, MANY) if number != talking.fileno() and is_open(number)]
        found.write_text(str(others))

    with fork_server(tell, TITLE) as forks, forks.start() as one:
        assert status_in(line(one)) == (b"", 0)
        with forks.start() as other:
            assert status_in(line(other)) == (b"", 0)
    assert found.read_text() == "[]"


def test_only_copies_end_when_all_are_told_to(forks: ForkServer) -> None:
    talking, pid = started(forks)
    with talking:
        os.kill(parent_of(pid), signal.SIGTERM)
        os.kill(pid, signal.SIGTERM)
        assert status_in(line(talking)) == (b"", -signal.SIGTERM)
    again, _ = started(forks)
    again.close()


async def test_who_wants_copies_hears_that_nobody_starts_them_any_more(forks: ForkServer) -> None:
    talking, pid = started(forks)
    watching = asyncio.create_task(forks.watch())
    await asyncio.sleep(0)
    assert not watching.done()
    os.kill(parent_of(pid), signal.SIGKILL)
    with pytest.raises(ForkServerGone, match="start this one again"):
        await watching
    with pytest.raises(ForkServerGone):
        forks.start()
    assert status_in(line(talking)) == (b"", None)
    talking.close()
    await until(lambda: not lives(pid))


def test_what_can_not_be_started_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()

    def only_here(copy: Copy) -> Forked:
        if os.getpid() != here:
            raise BlockingIOError(errno.EAGAIN, "no more processes")
        return fork(copy)

    monkeypatch.setattr("app.forking.server.fork", only_here)
    with fork_server(echo, TITLE) as forks:
        for _ in range(2):
            with forks.start() as talking:
                assert line(talking) == b"[Errno 11] no more processes\n"
                assert status_in(line(talking)) == (b"", os.EX_TEMPFAIL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_copies_end_with_the_process_that_wants_them(tmp_path: Path, number: signal.Signals) -> None:
    told = tmp_path / "told"

    def owner() -> None:
        with fork_server(echo, TITLE) as forks:
            _, pid = started(forks)
            told.write_text(f"{pid} {parent_of(pid)}\n")
            signal.pause()

    copy = fork(Copy(owner, "foldbase test", os.environ, tmp_path / "log"))
    await until(lambda: told.exists() and told.read_text().endswith("\n"))
    os.kill(copy.pid, number)
    assert copy.wait(LONG) == -number
    for pid in map(int, told.read_text().split()):
        await until(lambda pid=pid: not lives(pid))  # type: ignore[misc]
